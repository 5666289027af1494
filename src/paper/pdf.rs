//! Drawn pages to PDF bytes (ISO 32000-1): printpdf writes the document, and what it draws from its clock and its counter
//! is taken off before the bytes are made.
//!
//! Rules of this file:
//! - the same drawing gives the same bytes: every name in a document is ours, there is no date, no id and no host in it,
//!   and the only thing it says of itself is `strongroom`;
//! - every font is embedded; there is no script, no link, no form, no attachment;
//! - what was handed to printpdf and what it handed back is wiped, for the contents of a page are its secret; the copies
//!   that it makes of the text of a page while it encodes it are out of our hands;
//! - whatever printpdf warns of is a refusal: nothing is left out of a page in silence.

use super::fonts::{Face, Subset, Used};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use flate2::{Compression, write::ZlibEncoder};
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};
use printpdf::{
    DictItem, ExternalStream, ExternalXObject, FontId, FontMetrics, Op, ParsedFont, PdfDocument, PdfFont,
    PdfFontMetricsStub, PdfPage, PdfSaveOptions, Pt, Rect, TextItem, XObject, XObjectId,
};
use std::collections::BTreeMap;
use std::io::Write as _;
use zeroize::{Zeroize as _, Zeroizing};

/// What a document is made of.
pub(super) struct Parts<'a> {
    /// Width and height of every page, in points.
    pub size: (f32, f32),
    /// The operators of each page.
    pub pages: Vec<Vec<Op>>,
    /// Drawings used more than once: side of the square in units, contents in PDF's own operators.
    pub stamps: Vec<(u16, Zeroizing<Vec<u8>>)>,
    /// One-bit pictures: columns, rows, rows of bits padded to bytes, 1 black.
    pub cells: Vec<(u16, u16, Zeroizing<Vec<u8>>)>,
    /// The symbols used, by face.
    pub used: &'a BTreeMap<Face, Used>,
}

/// The name of a face in a page.
pub(super) fn short(face: Face) -> String {
    match face {
        Face::Regular => "R".to_string(),
        Face::Bold => "B".to_string(),
        Face::Mono => "M".to_string(),
        Face::Brought(brought) => numbered('F', usize::from(brought.number())),
    }
}

/// The name of the twin of the mono face that tells a reader of text nothing but blanks.
pub(super) const SILENT: &str = "S";

/// The font with this name. Fonts that printpdf names itself are numbered on from page to page of a process.
pub(super) fn font(name: &str) -> FontId {
    FontId(name.to_string())
}

/// The name of the stamp or picture with this number.
pub(super) fn numbered(letter: char, number: usize) -> String {
    format!("{letter}{number}")
}

/// Wipes the text that operators show.
pub(super) fn wipe(operators: &mut [Op]) {
    for operator in operators {
        if let Op::ShowText { items } = operator {
            for item in items {
                match item {
                    TextItem::Text(text) => text.zeroize(),
                    TextItem::GlyphIds(glyphs) => glyphs.iter_mut().for_each(|glyph| glyph.gid.zeroize()),
                    TextItem::Offset(_) => {}
                }
            }
        }
    }
}

/// The document.
pub(super) fn write(parts: Parts<'_>) -> Result<SecretBytes, Refusal> {
    let Parts {
        size,
        pages,
        stamps,
        cells,
        used,
    } = parts;
    let mut drawn = Drawn(PdfDocument::new("strongroom"));
    let area = Rect::from_wh(Pt(size.0), Pt(size.1));
    drawn.0.pages = pages
        .into_iter()
        .map(|ops| PdfPage {
            media_box: area.clone(),
            trim_box: area.clone(),
            crop_box: area.clone(),
            ops,
        })
        .collect();
    let objects = &mut drawn.0.resources.xobjects.map;
    for (number, (side, content)) in stamps.into_iter().enumerate() {
        objects.insert(XObjectId(numbered('Q', number)), stamp(side, content));
    }
    for (number, (columns, rows, bits)) in cells.into_iter().enumerate() {
        objects.insert(XObjectId(numbered('T', number)), picture(columns, rows, bits));
    }
    let mut subsets = BTreeMap::new();
    for (&face, used) in used {
        let subset = used.subset(face)?;
        let parsed = PdfFont::new(parsed(face, used, &subset));
        let fonts = &mut drawn.0.resources.fonts.map;
        if face == Face::Mono {
            fonts.insert(font(SILENT), parsed.clone());
        }
        fonts.insert(font(&short(face)), parsed);
        subsets.insert(tagged(face), subset);
    }

    let mut warnings = Vec::new();
    let mut made = Made(drawn.0.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings));
    if !warnings.is_empty() {
        return Err(fault("the writer of PDF left something out"));
    }
    made.anonymise();
    made.number_glyphs(&subsets)?;
    made.bytes()
}

/// What printpdf is given; wiped when dropped.
struct Drawn(PdfDocument);

impl Drop for Drawn {
    fn drop(&mut self) {
        self.0.pages.iter_mut().for_each(|page| wipe(&mut page.ops));
        for object in self.0.resources.xobjects.map.values_mut() {
            if let XObject::External(external) = object {
                external.stream.content.zeroize();
            }
        }
    }
}

/// What printpdf gives back, object by object; its streams are wiped when dropped.
struct Made(lopdf::Document);

impl Drop for Made {
    fn drop(&mut self) {
        for object in self.0.objects.values_mut() {
            if let Object::Stream(stream) = object {
                stream.content.zeroize();
            }
        }
    }
}

impl Made {
    /// Dates, and identifiers from a counter of the process, are in the trailer and its information alone.
    fn anonymise(&mut self) {
        self.0.version = "1.7".to_string();
        self.0.trailer.remove(b"ID");
        let producer = Object::string_literal("strongroom");
        if let Some(Object::Reference(info)) = self.0.trailer.remove(b"Info") {
            self.0
                .objects
                .insert(info, Object::Dictionary(dictionary! { "Producer" => producer }));
            self.0.trailer.set("Info", Object::Reference(info));
        }
    }

    /// Codes are one a symbol, glyphs are not: a Latin A may be drawn by the glyph of a Greek one, and only the code tells a
    /// reader of text which it is. So printpdf is given codes where it takes glyphs, and here each code gets its glyph and its
    /// width to the fraction. The fonts of one face share one set of glyphs.
    fn number_glyphs(&mut self, subsets: &BTreeMap<String, Subset>) -> Result<(), Refusal> {
        let lost = || fault("the writer of PDF left a font out");
        let mut first: BTreeMap<&str, Object> = BTreeMap::new();
        let ids: Vec<ObjectId> = self.0.objects.keys().copied().collect();
        for id in ids {
            let Some(name) = self.0.objects.get(&id).and_then(composite) else {
                continue;
            };
            let (name, subset) = subsets.get_key_value(&name).ok_or_else(lost)?;
            let descendants = if let Some(descendants) = first.get(name.as_str()) {
                descendants.clone()
            } else {
                let map = subset.glyphs.iter().flat_map(|(glyph, ..)| glyph.to_be_bytes());
                let map = Stream::new(Dictionary::new(), map.collect());
                let map = self.0.add_object(map);
                let widths = subset.glyphs.iter().map(|(_, width, _)| Object::Real(*width));
                let widths = vec![Object::Integer(0), Object::Array(widths.collect())];
                let font = self.descendant(id).ok_or_else(lost)?;
                font.set("CIDToGIDMap", Object::Reference(map));
                font.set("W", Object::Array(widths));
                font.set("DW", Object::Integer(0));
                let font = Object::Array(vec![Object::Dictionary(font.clone())]);
                first.insert(name, font.clone());
                font
            };
            self.0
                .objects
                .get_mut(&id)
                .and_then(|font| font.as_dict_mut().ok())
                .ok_or_else(lost)?
                .set("DescendantFonts", descendants);
        }
        if first.len() != subsets.len() {
            return Err(lost());
        }
        // The glyphs of a twin, which nothing refers to any more.
        self.0.prune_objects();
        self.0.renumber_objects();
        Ok(())
    }

    fn descendant(&mut self, font: ObjectId) -> Option<&mut Dictionary> {
        let font = self.0.objects.get_mut(&font)?.as_dict_mut().ok()?;
        let fonts = font.get_mut(b"DescendantFonts").ok()?.as_array_mut().ok()?;
        fonts.first_mut()?.as_dict_mut().ok()
    }

    fn bytes(&mut self) -> Result<SecretBytes, Refusal> {
        let mut size = 64 << 10;
        for object in self.0.objects.values_mut() {
            if let Object::Stream(stream) = object {
                let plain = Zeroizing::new(std::mem::take(&mut stream.content));
                stream.set_content(packed(&plain)?);
                stream.dict.set("Filter", Object::Name(b"FlateDecode".to_vec()));
                size += stream.content.len();
            }
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        self.0
            .save_to(&mut *bytes)
            .map_err(|_| fault("a page could not be written"))?;
        Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
    }
}

/// The name of a composite font, where the object is one.
fn composite(object: &Object) -> Option<String> {
    let font = object.as_dict().ok()?;
    let composite = font.get(b"Subtype").and_then(Object::as_name).ok()? == b"Type0";
    let name = font.get(b"BaseFont").and_then(Object::as_name).ok()?;
    composite.then(|| String::from_utf8_lossy(name).into_owned())
}

/// A face as printpdf takes it: the glyphs used, by code.
fn parsed(face: Face, used: &Used, subset: &Subset) -> ParsedFont {
    let widths = (0..).zip(&subset.glyphs);
    let mut font = ParsedFont::with_glyph_data(
        subset.ttf.clone(),
        0,
        Some(tagged(face)),
        used.codes().map(|(symbol, code)| (symbol as u32, code)).collect(),
        widths
            .map(|(code, (_, width, _))| (code, width.round() as u16))
            .collect(),
        subset.units,
        FontMetrics {
            ascent: subset.ascent,
            descent: subset.descent,
        },
    );
    let [x_min, y_min, x_max, y_max] = subset.bounds;
    font.pdf_font_metrics = PdfFontMetricsStub {
        units_per_em: subset.units,
        x_min,
        y_min,
        x_max,
        y_max,
        us_weight_class: if face == Face::Bold { 700 } else { 400 },
        ..PdfFontMetricsStub::default()
    };
    font
}

/// A drawing in a square. printpdf's own forms say no box, which a reader may hold against them.
fn stamp(side: u16, content: Zeroizing<Vec<u8>>) -> XObject {
    let side = i64::from(side);
    let bounds = DictItem::Array([0, 0, side, side].map(DictItem::Int).to_vec());
    external(&[("Subtype", name("Form")), ("BBox", bounds)], content)
}

/// A picture of one bit a cell, which printpdf's own images do not know.
fn picture(columns: u16, rows: u16, bits: Zeroizing<Vec<u8>>) -> XObject {
    external(
        &[
            ("Subtype", name("Image")),
            ("Width", DictItem::Int(columns.into())),
            ("Height", DictItem::Int(rows.into())),
            ("BitsPerComponent", DictItem::Int(1)),
            ("ImageMask", DictItem::Bool(true)),
            // A mask paints its zeros; here the ones are black.
            ("Decode", DictItem::Array([1, 0].map(DictItem::Int).to_vec())),
        ],
        bits,
    )
}

fn name(name: &str) -> DictItem {
    DictItem::Name(name.as_bytes().to_vec())
}

fn external(entries: &[(&str, DictItem)], mut content: Zeroizing<Vec<u8>>) -> XObject {
    let entries = entries.iter().map(|(key, item)| ((*key).to_string(), item.clone()));
    XObject::External(ExternalXObject {
        stream: ExternalStream {
            dict: entries.chain([("Type".to_string(), name("XObject"))]).collect(),
            content: std::mem::take(&mut *content),
            compress: true,
        },
        width: None,
        height: None,
        dpi: None,
    })
}

/// The tag of a subset is six letters (ISO 32000-1, 9.6.4); ours says nothing but which file of the plan a face is from, since
/// two files may have one name.
fn tagged(face: Face) -> String {
    let last = match face {
        Face::Brought(brought) => char::from(b'H' + brought.number()),
        _ => 'G',
    };
    format!("STRON{last}+{}", face.name())
}

fn fault(sentence: &str) -> Refusal {
    Refusal::new(Rule::Internal, sentence)
}

/// Compressed, in a buffer that does not leave its bytes behind as it grows.
fn packed(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    // Deflate never adds more than 5 bytes in 16 KiB, so the buffer is not moved about.
    let mut packed = Zeroizing::new(Vec::with_capacity(bytes.len() + bytes.len() / 1000 + 64));
    let mut encoder = ZlibEncoder::new(&mut *packed, Compression::new(6));
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|_| fault("a page could not be compressed"))?;
    Ok(std::mem::take(&mut *packed))
}

#[cfg(test)]
mod tests {
    use super::super::page::{Document, PaperSize, mono, regular};
    use super::super::text::page_text;

    #[test]
    fn letters_that_look_alike_stay_themselves_and_a_mirror_says_nothing() {
        let mut page = Document::new(PaperSize::A4);
        let alike = "AΑАBΒВoοо";
        for (style, y) in [(regular(10.0), 20.0), (mono(10.0), 40.0)] {
            assert_eq!(page.text(style, 10.0, y, 100.0, alike), Ok(()));
        }
        page.mirrored(10.0, 10.0, 60.0, b"QPZRY");
        let pdf = page.finish().unwrap_or_else(|refusal| panic!("{refusal}"));
        let text = page_text(&pdf, 0).unwrap_or_else(|refusal| panic!("{refusal}"));
        text.expose(|text| assert_eq!(text, format!("{alike}\n{alike}")));
    }
}
