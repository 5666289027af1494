//! What is drawn, measured: text, rules, boxes, each in millimetres from the top left of the piece that it is part of.
//!
//! Rules of this file:
//! - a mark knows its bounds, so that a test can say that no two texts meet and none leaves the page.

use crate::paper::fonts::MM_PER_PT;
use crate::paper::page::{Document, Style};
use crate::refusal::Refusal;

/// One thing that is drawn.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// Text on a baseline.
    Text {
        x: f32,
        y: f32,
        style: Style,
        width: f32,
        text: String,
    },
    /// A straight line.
    Rule {
        from: (f32, f32),
        to: (f32, f32),
        thickness: f32,
    },
    /// An empty box.
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        thickness: f32,
    },
}

/// The strength of a rule, and of the one frame that matters: both survive a copier.
pub(super) const RULE: f32 = 0.3;
pub(super) const FRAME: f32 = 0.6;

impl Mark {
    pub(super) fn text(x: f32, y: f32, style: Style, text: &str) -> Result<Self, Refusal> {
        Ok(Self::Text {
            x,
            y,
            style,
            width: style.width(text)?,
            text: text.to_string(),
        })
    }

    pub(super) fn across(x: f32, y: f32, width: f32) -> Self {
        Self::Rule {
            from: (x, y),
            to: (x + width, y),
            thickness: RULE,
        }
    }

    pub(super) fn down(x: f32, y: f32, height: f32) -> Self {
        Self::Rule {
            from: (x, y),
            to: (x, y + height),
            thickness: RULE,
        }
    }

    pub(super) fn boxed(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self::Box {
            x,
            y,
            width,
            height,
            thickness: RULE,
        }
    }

    /// The same mark, further right and further down.
    pub(super) fn moved(mut self, right: f32, down: f32) -> Self {
        match &mut self {
            Self::Text { x, y, .. } | Self::Box { x, y, .. } => {
                *x += right;
                *y += down;
            }
            Self::Rule { from, to, .. } => {
                for point in [from, to] {
                    point.0 += right;
                    point.1 += down;
                }
            }
        }
        self
    }

    /// Left, top, right, bottom. Of a text: from the height of its capitals to below its descenders.
    pub(super) fn bounds(&self) -> [f32; 4] {
        match self {
            Self::Text { x, y, style, width, .. } => {
                let em = style.size * MM_PER_PT;
                [*x, y - 0.72 * em, x + width, y + 0.22 * em]
            }
            Self::Rule { from, to, .. } => [from.0.min(to.0), from.1.min(to.1), from.0.max(to.0), from.1.max(to.1)],
            Self::Box {
                x, y, width, height, ..
            } => [*x, *y, x + width, y + height],
        }
    }

    pub(super) fn draw(&self, page: &mut Document) -> Result<(), Refusal> {
        match self {
            Self::Text {
                x,
                y,
                style,
                width,
                text,
            } => page.text(*style, *x, *y, width + 0.01, text)?,
            Self::Rule { from, to, thickness } => page.rule(from.0, from.1, to.0, to.1, *thickness),
            Self::Box {
                x,
                y,
                width,
                height,
                thickness,
            } => page.outlined(*x, *y, *width, *height, *thickness),
        }
        Ok(())
    }
}
