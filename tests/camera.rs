//! Sheets held before a camera, as recorded frames: blurred ones are passed over, each code is given once.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Scratch, rehearsal, run_with};
use strongroom::ident::Mode;
use strongroom::refusal::{Refusal, Rule};
use strongroom::secret::{SecretBytes, SecretText};
use strongroom::shell::camera::{self, Frames};
use strongroom::shell::decoder::Decoder;
use strongroom::shell::scanning;

/// Frames that were recorded.
struct Recorded(std::vec::IntoIter<Vec<u8>>);

impl Frames for Recorded {
    fn next(&mut self) -> Result<Option<SecretBytes>, Refusal> {
        Ok(self.0.next().map(SecretBytes::new))
    }
}

fn recorded(frames: Vec<Vec<u8>>) -> Recorded {
    Recorded(frames.into_iter())
}

/// A sheet as a camera of 1,920 by 1,080 sees it, as JPEG.
fn frame(sheet: &str, blur: f32) -> Vec<u8> {
    let scratch = Scratch::new();
    let page = scratch.join("page");
    run_with("pdftoppm", &["-r", "130", "-png", "-singlefile", sheet, &page], b"").ok();
    let picture = image::open(format!("{page}.png")).unwrap().to_luma8();
    let mut seen = image::GrayImage::from_pixel(1920, 1080, image::Luma([90]));
    let below = i64::from(picture.height()) - 1080;
    image::imageops::overlay(&mut seen, &picture, 400, -below / 2);
    let seen = if blur > 0.0 {
        image::imageops::blur(&seen, blur)
    } else {
        seen
    };
    let mut jpeg = std::io::Cursor::new(Vec::new());
    seen.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

fn decoder() -> Decoder {
    Decoder::by(common::program().into())
}

#[test]
fn a_sheet_before_a_camera_is_read_once_and_blurred_frames_are_passed_over() {
    let sheets = rehearsal().sheets("root-password");
    let frames = vec![
        frame(&sheets[0], 12.0),
        b"\xff\xd8\xff no picture".to_vec(),
        frame(&sheets[0], 0.0),
        frame(&sheets[0], 0.0),
        frame(&sheets[1], 0.0),
    ];
    let mut codes = Vec::new();
    let mut take = |code: SecretText| {
        codes.push(code);
        true
    };
    camera::watch(&mut recorded(frames), &mut decoder(), &mut take).unwrap_or_else(|refusal| panic!("{refusal}"));
    let shares: Vec<u8> = codes
        .iter()
        .flat_map(|code| scanning::read_code(code, Mode::Rehearsal, "the camera"))
        .filter_map(|entry| entry.paper.ok())
        .map(|paper| paper.head.index.get())
        .collect();
    assert_eq!(shares, [1, 2]);
}

#[test]
fn a_camera_that_sees_nothing_says_so() {
    let dark = vec![0_u8; 64 * 64 * 2];
    let picture = camera::grey(&SecretBytes::new(dark), 64, 64).unwrap_or_else(|refusal| panic!("{refusal}"));
    let frames = vec![picture.expose(<[u8]>::to_vec)];
    let seen = camera::watch(&mut recorded(frames), &mut decoder(), &mut |_| true);
    assert_eq!(seen.err().map(|refusal| refusal.rule()), Some(Rule::NothingScanned));
    assert!(
        camera::grey(&SecretBytes::new(vec![0; 100]), 64, 64).is_err(),
        "a frame that is cut short"
    );
}

#[test]
fn a_frame_of_yuyv_is_its_light() {
    let frame: Vec<u8> = (0..200_u8).flat_map(|light| [light, 128]).collect();
    let png = camera::grey(&SecretBytes::new(frame), 20, 10).unwrap_or_else(|refusal| panic!("{refusal}"));
    let picture = png.expose(|png| image::load_from_memory(png).unwrap().to_luma8());
    assert_eq!(picture.into_raw(), (0..200).collect::<Vec<u8>>());
}

#[test]
fn a_camera_that_is_none_is_refused_with_the_next_step() {
    let world = rehearsal();
    let fixed = [common::RECOVER_PASSWORD, &["--camera", "/dev/null"]].concat();
    let ended = world.run(&fixed).refused(4, "input-output");
    assert!(ended.err.contains("/dev/video"), "{ended:?}");
}
