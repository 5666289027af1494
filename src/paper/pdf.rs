//! Drawn pages to PDF bytes (ISO 32000-1), object by object.
//!
//! Rules of this file:
//! - the same drawing gives the same bytes: objects are numbered in order, there is no date, no id and no host in it, and
//!   the only name is `strongroom`;
//! - every font is embedded; there is no script, no link, no form, no attachment;
//! - what was compressed is wiped, for the contents of a page are its secret.

use super::fonts::{Face, Subset, Used};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};
use std::io::Write as _;
use zeroize::Zeroizing;

/// What a document is made of. Contents are page descriptions in PDF's own operators.
pub(super) struct Parts<'a> {
    /// Width and height of every page, in points.
    pub size: (f32, f32),
    /// One a page.
    pub pages: Vec<Zeroizing<Vec<u8>>>,
    /// Drawings used more than once: side of the square in units, contents.
    pub stamps: &'a [(u16, Zeroizing<Vec<u8>>)],
    /// One-bit pictures: columns, rows, rows of bits padded to bytes, 1 black.
    pub cells: &'a [(u16, u16, Zeroizing<Vec<u8>>)],
    /// The symbols used, by face.
    pub used: &'a [Used; 3],
}

/// The names of the faces in a page.
pub(super) const FACES: [&[u8]; 3] = [b"R", b"B", b"M"];
/// The name of the twin of the mono face that tells a reader of text nothing but blanks.
pub(super) const SILENT: &[u8] = b"S";

/// The name of the stamp or picture with this number.
pub(super) fn numbered(letter: char, number: usize) -> String {
    format!("{letter}{number}")
}

/// The document.
pub(super) fn write(parts: &Parts<'_>) -> Result<SecretBytes, Refusal> {
    let mut writer = Writer {
        pdf: Pdf::with_capacity(96 << 10),
        next: 1,
    };
    let (catalog, tree, info) = (writer.id(), writer.id(), writer.id());
    writer.pdf.catalog(catalog).pages(tree);
    writer.pdf.document_info(info).producer(TextStr("strongroom"));

    let mut fonts = Vec::new();
    for face in Face::ALL {
        let used = &parts.used[face as usize];
        if !used.is_empty() {
            let subset = used.subset(face)?;
            let embedded = writer.embed(face, &subset)?;
            fonts.push((
                FACES[face as usize],
                writer.font(face, &subset, embedded, |symbol| symbol)?,
            ));
            if face == Face::Mono {
                fonts.push((SILENT, writer.font(face, &subset, embedded, |_| ' ')?));
            }
        }
    }
    let mut objects = Vec::new();
    for (number, (side, content)) in parts.stamps.iter().enumerate() {
        let (id, content) = (writer.id(), packed(content)?);
        let mut form = writer.pdf.form_xobject(id, &content);
        form.filter(Filter::FlateDecode);
        form.bbox(Rect::new(0.0, 0.0, f32::from(*side), f32::from(*side)));
        form.finish();
        objects.push((numbered('Q', number), id));
    }
    for (number, (columns, rows, bits)) in parts.cells.iter().enumerate() {
        let (id, bits) = (writer.id(), packed(bits)?);
        let mut image = writer.pdf.image_xobject(id, &bits);
        image.filter(Filter::FlateDecode);
        image
            .width(i32::from(*columns))
            .height(i32::from(*rows))
            .bits_per_component(1);
        // A mask paints its zeros; here the ones are black.
        image.image_mask(true).decode([1.0, 0.0]);
        image.finish();
        objects.push((numbered('T', number), id));
    }

    let pages: Vec<Ref> = parts.pages.iter().map(|_| writer.id()).collect();
    writer
        .pdf
        .pages(tree)
        .kids(pages.iter().copied())
        .count(count(pages.len()));
    for (page, content) in pages.iter().zip(&parts.pages) {
        let contents = writer.stream(content)?;
        let mut page = writer.pdf.page(*page);
        page.parent(tree)
            .media_box(Rect::new(0.0, 0.0, parts.size.0, parts.size.1))
            .contents(contents);
        let mut resources = page.resources();
        resources
            .fonts()
            .pairs(fonts.iter().map(|(name, id)| (Name(name), *id)));
        resources
            .x_objects()
            .pairs(objects.iter().map(|(name, id)| (Name(name.as_bytes()), *id)));
    }
    Ok(SecretBytes::new(writer.pdf.finish()))
}

struct Writer {
    pdf: Pdf,
    next: i32,
}

impl Writer {
    fn id(&mut self) -> Ref {
        let id = Ref::new(self.next);
        self.next += 1;
        id
    }

    fn stream(&mut self, bytes: &[u8]) -> Result<Ref, Refusal> {
        let (id, packed) = (self.id(), packed(bytes)?);
        self.pdf.stream(id, &packed).filter(Filter::FlateDecode);
        Ok(id)
    }

    /// The glyphs of a face, to be used under any number of names.
    fn embed(&mut self, face: Face, subset: &Subset) -> Result<Ref, Refusal> {
        let name = tagged(face);
        let name = Name(name.as_bytes());
        let (file, ttf) = (self.id(), packed(&subset.ttf)?);
        self.pdf
            .stream(file, &ttf)
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), count(subset.ttf.len()));
        let descriptor = self.id();
        let mut flags = FontFlags::SYMBOLIC;
        flags.set(FontFlags::FIXED_PITCH, face == Face::Mono);
        let [left, bottom, right, top] = subset.bounds;
        self.pdf
            .font_descriptor(descriptor)
            .name(name)
            .flags(flags)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(subset.ascent)
            .descent(subset.descent)
            .cap_height(subset.cap_height)
            .stem_v(if face == Face::Bold { 140.0 } else { 80.0 })
            .font_file2(file);

        let map: Vec<u8> = subset
            .glyphs
            .iter()
            .flat_map(|(glyph, ..)| glyph.to_be_bytes())
            .collect();
        let map = self.stream(&map)?;
        let descendant = self.id();
        let mut cid = self.pdf.cid_font(descendant);
        cid.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(SYSTEM)
            .font_descriptor(descriptor);
        cid.default_width(0.0).cid_to_gid_map_stream(map);
        cid.widths()
            .consecutive(0, subset.glyphs.iter().map(|(_, width, _)| *width));
        cid.finish();

        Ok(descendant)
    }

    /// A font over embedded glyphs, in which a reader of text finds what `says` makes of each symbol.
    fn font(&mut self, face: Face, subset: &Subset, glyphs: Ref, says: fn(char) -> char) -> Result<Ref, Refusal> {
        let mut unicode = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), SYSTEM);
        for (code, (.., symbol)) in subset.glyphs.iter().enumerate() {
            if let Some(symbol) = symbol {
                unicode.pair(code as u16, says(*symbol));
            }
        }
        let unicode = self.stream(unicode.finish().as_slice())?;
        let id = self.id();
        let name = tagged(face);
        let mut font = self.pdf.type0_font(id);
        font.base_font(Name(name.as_bytes()))
            .encoding_predefined(Name(b"Identity-H"));
        font.descendant_font(glyphs).to_unicode(unicode);
        Ok(id)
    }
}

const SYSTEM: SystemInfo<'_> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// A PDF counts in 32 bits with a sign; nothing of ours comes near the limit.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The tag of a subset is six letters (ISO 32000-1, 9.6.4); ours says nothing, so it can be the same everywhere.
fn tagged(face: Face) -> String {
    format!("STRONG+{}", face.name())
}

/// Compressed, in a buffer that is wiped.
fn packed(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    // Deflate never adds more than 5 bytes in 16 KiB, so the buffer is not moved about.
    let mut packed = Zeroizing::new(Vec::with_capacity(bytes.len() + bytes.len() / 1000 + 64));
    let mut encoder = ZlibEncoder::new(&mut *packed, Compression::new(6));
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|fault| Refusal::new(Rule::Internal, format!("a page could not be compressed: {fault}")))?;
    Ok(packed)
}
