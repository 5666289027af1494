//! Sheets held before a camera: frames in, codes out, until something of use was seen.
//!
//! Rules of this file:
//! - a camera is a port: frames come from a device of `Video4Linux`, or from whatever a test recorded;
//! - every frame is decoded apart, like any scan, and wiped; none is stored;
//! - a camera that shows nothing is given up after a while, by count, so that nobody waits for ever.

use super::decoder::Decoder;
use crate::paper::raster::Picture;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use linuxvideo::format::{PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, Device};
use std::path::Path;

/// What is wanted of a camera: a sheet held at arm's length shows its code in so many pixels.
const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;
/// The frames after which a camera that shows nothing is given up: about a minute.
const FRAMES_MAX: usize = 600;

/// One frame, as a picture that the decoder reads.
pub trait Frames {
    /// The next frame; nothing where there is no further one.
    fn next(&mut self) -> Result<Option<SecretBytes>, Refusal>;
}

/// Looks until `take` wants no more of what is seen. Each code is given once, however many frames show it.
pub fn watch(
    frames: &mut dyn Frames,
    decoder: &mut Decoder,
    take: &mut dyn FnMut(SecretText) -> bool,
) -> Result<(), Refusal> {
    let mut seen: Vec<SecretText> = Vec::new();
    for _ in 0..FRAMES_MAX {
        let Some(frame) = frames.next()? else { break };
        // A frame that is blurred or broken is no fault: the next one comes.
        let pages = decoder.codes(&frame).unwrap_or_default();
        for code in pages.into_iter().flat_map(|page| page.codes) {
            let known = seen
                .iter()
                .any(|known| known.expose(|known| code.expose(|code| known == code)));
            if known {
                continue;
            }
            seen.push(code.expose(|code| SecretText::build(code.len(), |copy| copy.push_str(code))));
            if !take(code) {
                return Ok(());
            }
        }
    }
    if seen.is_empty() {
        return Err(Refusal::new(Rule::NothingScanned, "the camera saw no code")
            .hint("hold the sheet flat, a hand's width away, in good light; or type its lines"));
    }
    Ok(())
}

/// A device of `Video4Linux`.
pub struct Camera {
    stream: ReadStream,
    /// Width and height, where its frames are of YUYV.
    yuyv: Option<(u32, u32)>,
}

impl Camera {
    /// The camera at a device file: its frames as JPEG where it gives them, else as YUYV.
    pub fn open(device: &Path) -> Result<Self, Refusal> {
        let failed = |fault: std::io::Error| {
            let why = fault.to_string().to_lowercase();
            Refusal::new(
                Rule::InputOutput,
                format!("the camera {} does not answer: {why}", device.display()),
            )
            .hint("ls /dev/video*; or scan the sheets, or type their lines")
        };
        let opened = Device::open(device).map_err(failed)?;
        let known: Vec<PixelFormat> = opened
            .formats(BufType::VIDEO_CAPTURE)
            .filter_map(Result::ok)
            .map(|format| format.pixel_format())
            .collect();
        let format = [PixelFormat::MJPG, PixelFormat::JPEG, PixelFormat::YUYV]
            .into_iter()
            .find(|format| known.contains(format))
            .ok_or_else(|| {
                Refusal::new(
                    Rule::InputOutput,
                    format!(
                        "the camera {} gives frames neither as JPEG nor as YUYV",
                        device.display()
                    ),
                )
                .hint("scan the sheets, or type their lines")
            })?;
        let capture = opened
            .video_capture(PixFormat::new(WIDTH, HEIGHT, format))
            .map_err(failed)?;
        let given = capture.format();
        let yuyv = (format == PixelFormat::YUYV).then(|| (given.width(), given.height()));
        let stream = capture.into_stream().map_err(failed)?;
        Ok(Self { stream, yuyv })
    }
}

impl Frames for Camera {
    fn next(&mut self) -> Result<Option<SecretBytes>, Refusal> {
        let mut frame = None;
        let taken = self.stream.dequeue(|buffer| {
            frame = Some(SecretBytes::new(buffer.to_vec()));
            Ok(())
        });
        taken.map_err(|fault| Refusal::new(Rule::InputOutput, format!("the camera stopped: {fault}")))?;
        match (frame, self.yuyv) {
            (Some(frame), Some((width, height))) => grey(&frame, width, height).map(Some),
            (frame, _) => Ok(frame),
        }
    }
}

/// A frame of YUYV as a picture in grey: every second byte is the light of a pixel.
pub fn grey(frame: &SecretBytes, width: u32, height: u32) -> Result<SecretBytes, Refusal> {
    let pixels = (width as usize) * (height as usize);
    let light: Vec<u8> = frame.expose(|bytes| bytes.iter().copied().step_by(2).take(pixels).collect());
    if light.len() != pixels {
        return Err(Refusal::new(Rule::ScanUnreadable, "a frame of the camera is cut short"));
    }
    Picture::new(width, height, light)?.to_png()
}
