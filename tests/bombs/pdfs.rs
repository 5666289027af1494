//! PDFs that ask for memory or time.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

/// By their names.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let again = |piece: &str, times: usize| stream("", piece.repeat(times).as_bytes());
    vec![
        ("forms.pdf", forms()),
        ("function.pdf", function()),
        ("fills.pdf", page("", &again("0 0 595 842 re f ", 2_000_000), &[])),
        ("states.pdf", page("", &again("q ", 20_000_000), &[])),
        (
            "dashes.pdf",
            page("", &stream("", b"[0.0001 0.0001] 0 d 0 0 m 595 842 l S"), &[]),
        ),
        ("unpacks.pdf", page("", &packed(&packed_zeros(1 << 30)), &[])),
        (
            "depth.pdf",
            [&b"%PDF-1.7\n1 0 obj\n"[..], &b"[".repeat(1 << 20)].concat(),
        ),
    ]
}

/// Forms of which each draws the next one ten times.
pub(super) fn forms() -> Vec<u8> {
    const DEPTH: usize = 12;
    let form = |number: usize| {
        let draws = if number + 1 < DEPTH {
            "/X Do ".repeat(10)
        } else {
            "0 0 9 9 re f".to_string()
        };
        let next = format!("/Resources<</XObject<</X {} 0 R>>>>", 6 + number);
        stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 600 900]{next}"),
            draws.as_bytes(),
        )
    };
    let forms: Vec<Vec<u8>> = (0..DEPTH).map(form).collect();
    page("/XObject<</X 5 0 R>>", &stream("", b"/X Do"), &forms)
}

/// A shading whose function has 200,000 steps for each pixel.
fn function() -> Vec<u8> {
    let steps = format!("{{{}}}", "dup mul ".repeat(200_000));
    let function = stream("/FunctionType 4/Domain[0 1 0 1]/Range[0 1]", steps.as_bytes());
    let shading = "/Shading<</S<</ShadingType 1/ColorSpace/DeviceGray/Matrix[595 0 0 842 0 0]/Function 5 0 R>>>>";
    page(shading, &stream("", b"/S sh"), &[function])
}

/// So many zeros, packed (RFC 1950).
pub(super) fn packed_zeros(size: u64) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::ZlibEncoder::new(std::io::repeat(0).take(size), flate2::Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

/// A stream object, packed.
fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    with_entries(entries, &encoder.finish().unwrap())
}

fn packed(content: &[u8]) -> Vec<u8> {
    with_entries("", content)
}

fn with_entries(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<<{entries}/Filter/FlateDecode/Length {}>>stream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// A PDF of one page with this content (object 4) and these objects (from 5 on).
fn page(resources: &str, content: &[u8], more: &[Vec<u8>]) -> Vec<u8> {
    let sheet = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<{resources}>>>>");
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        sheet.into_bytes(),
        content.to_vec(),
    ];
    objects.extend_from_slice(more);
    let (mut bytes, mut table) = (b"%PDF-1.7\n".to_vec(), String::new());
    for (number, object) in (1..).zip(&objects) {
        writeln!(table, "{:010} 00000 n ", bytes.len()).unwrap();
        bytes.extend(format!("{number} 0 obj\n").bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let (at, size) = (bytes.len(), objects.len() + 1);
    bytes.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{table}").bytes());
    bytes.extend(format!("trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF").bytes());
    bytes
}
