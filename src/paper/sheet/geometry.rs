//! Where everything stands on a share sheet, in millimetres from the top left.
//!
//! Rules of this file:
//! - both sides of the first fold are one drawing: whatever is secret lies in the secret panel, and its mirror image about
//!   that fold lies on the tint panel, with 4 mm around it for careless folding;
//! - nothing stands within the quiet zone of a code, four modules wide;
//! - nothing is drawn nearer to the edge than 4.5 mm, the limit of laser printers.

use crate::paper::page::PaperSize;

/// The side of one module of a code.
pub(in crate::paper) const MODULE: f32 = 0.8;
/// The quiet zone of a code: four modules (ISO/IEC 18004).
pub(in crate::paper) const QUIET: f32 = 4.0 * MODULE;
/// What a careless fold may be off by.
pub(in crate::paper) const CARELESS: f32 = 4.0;
/// The edge of the sheet that printers leave white.
pub(in crate::paper) const EDGE: f32 = 4.5;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::paper) struct Area {
    pub(in crate::paper) x: f32,
    pub(in crate::paper) y: f32,
    pub(in crate::paper) width: f32,
    pub(in crate::paper) height: f32,
}

impl Area {
    fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// The area with `by` more on every side.
    pub(in crate::paper) fn grown(self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// Whether the two have a point in common.
    #[cfg(test)]
    fn meets(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// One of the lines A, B and C: how many groups it has. Its last three are check groups.
pub(in crate::paper) const GROUPS: [usize; 3] = [22, 18, 18];
const CHECK_GROUPS: usize = 3;
const COLUMNS: usize = 5;

/// The plan of one sheet.
pub(in crate::paper) struct Geometry {
    pub(in crate::paper) paper: PaperSize,
    /// Whether the share is under a passphrase: larger codes, three lines.
    pub(in crate::paper) locked: bool,
    /// Baselines of the head panel.
    pub(in crate::paper) head: Head,
    /// The fold between secret and tint, folded first.
    pub(in crate::paper) first_fold: f32,
    /// The fold between head and secret.
    pub(in crate::paper) second_fold: f32,
    /// Baseline of the line that says SECRET.
    pub(in crate::paper) secret: f32,
    /// The code at the top left of the secret panel.
    pub(in crate::paper) high: Area,
    /// The code at its bottom right.
    pub(in crate::paper) low: Area,
    /// Size of the symbols in points, and of the numbers above them.
    pub(in crate::paper) symbol_size: f32,
    pub(in crate::paper) number_size: f32,
    /// How far above its group a number stands.
    pub(in crate::paper) number_rise: f32,
    left_column: f32,
    pitch: f32,
    row: f32,
    /// Baseline of the first row of each line.
    starts: [f32; 3],
    check_gap: f32,
}

/// Baselines of the head panel.
pub(in crate::paper) struct Head {
    pub(in crate::paper) organisation: f32,
    pub(in crate::paper) title: f32,
    pub(in crate::paper) body: f32,
    pub(in crate::paper) labels: [f32; 3],
    pub(in crate::paper) words: [f32; 2],
    pub(in crate::paper) hex: f32,
}

impl Geometry {
    /// The plan for this paper, for an open share or a locked one.
    pub(in crate::paper) fn new(paper: PaperSize, locked: bool) -> Self {
        let (head, second_fold, first_fold, secret) = match paper {
            PaperSize::A4 => {
                let (labels, words) = ([58.9, 68.5, 80.2], [84.6, 89.6]);
                (
                    Head {
                        organisation: 18.2,
                        title: 28.8,
                        body: 36.7,
                        labels,
                        words,
                        hex: 94.1,
                    },
                    99.0,
                    199.0,
                    105.2,
                )
            }
            PaperSize::Letter => {
                let (labels, words) = ([55.8, 65.3, 75.8], [80.0, 84.6]);
                (
                    Head {
                        organisation: 17.4,
                        title: 27.2,
                        body: 34.6,
                        labels,
                        words,
                        hex: 88.8,
                    },
                    93.2,
                    187.2,
                    97.4,
                )
            }
        };
        let (left, right) = (paper.left(), paper.right());
        let side = MODULE * if locked { 61.0 } else { 53.0 };
        let (high_top, low_bottom) = match paper {
            PaperSize::A4 => (109.6, 194.4),
            PaperSize::Letter => (102.2, 183.4),
        };
        let open_row = if paper == PaperSize::A4 { 7.95 } else { 7.5 };
        let first =
            second_fold + if locked { 15.6 } else { 19.9 } - if paper == PaperSize::A4 || locked { 0.0 } else { 1.9 };
        let locked_row = if paper == PaperSize::A4 { 5.9 } else { 5.5 };
        let (row, check_gap) = if locked { (locked_row, 0.8) } else { (open_row, 1.6) };
        // After the first row of a line: its other rows, its check groups, and air before the next line.
        let second = first + 4.0 * row + check_gap + if locked { 7.6 } else { row * 1.66 };
        let third = second + 3.0 * row + check_gap + 7.6;
        Self {
            paper,
            locked,
            head,
            first_fold,
            second_fold,
            secret,
            high: Area::new(left, high_top, side, side),
            low: Area::new(right - side, low_bottom - side, side, side),
            symbol_size: if locked { 11.0 } else { 13.0 },
            number_size: if locked { 5.5 } else { 6.5 },
            number_rise: if locked { 3.4 } else { 4.2 },
            left_column: left + if locked { 61.5 } else { 51.0 },
            pitch: if locked { 14.0 } else { 16.6 },
            row,
            starts: [first, second, third],
            check_gap,
        }
    }

    /// How many lines there are.
    pub(in crate::paper) fn lines(&self) -> usize {
        if self.locked { 3 } else { 2 }
    }

    /// Left edge and baseline of a group, both counted from 0.
    pub(in crate::paper) fn group(&self, line: usize, group: usize) -> (f32, f32) {
        let body = GROUPS[line] - CHECK_GROUPS;
        let (column, row, gap) = if group < body {
            (group % COLUMNS, group / COLUMNS, 0.0)
        } else {
            // Check groups stand in a row of their own, moved two columns to the right.
            (
                group - body + COLUMNS - CHECK_GROUPS,
                body.div_ceil(COLUMNS),
                self.check_gap,
            )
        };
        (
            self.left_column + column as f32 * self.pitch,
            self.starts[line] + row as f32 * self.row + gap,
        )
    }

    /// Where the words `check groups` of a line stand.
    pub(in crate::paper) fn check_label(&self, line: usize) -> (f32, f32) {
        (self.left_column, self.group(line, GROUPS[line] - CHECK_GROUPS).1)
    }

    /// Where the name of a line stands: above its first group, or before it where there is no room above.
    pub(in crate::paper) fn line_label(&self, line: usize) -> (f32, f32) {
        let (x, y) = self.group(line, 0);
        if self.locked { (x - 9.0, y) } else { (x, y - 7.2) }
    }

    /// All that is printed in lines, with 4 mm at either side, from fold to foot of the mirror.
    pub(in crate::paper) fn lines_tint(&self) -> Area {
        let (left, right) = (self.high.x + self.high.width, self.low.x);
        let (left, right) = if self.locked {
            (left, right)
        } else {
            (left + CARELESS, right - CARELESS)
        };
        Area::new(
            left,
            self.first_fold + 0.6,
            right - left,
            self.foot() - self.first_fold - 0.6,
        )
    }

    /// The mirror image of a code with [`CARELESS`] millimetres around it.
    pub(in crate::paper) fn code_tint(&self, code: Area) -> Area {
        let mirrored = Area::new(
            code.x,
            2.0 * self.first_fold - code.y - code.height,
            code.width,
            code.height,
        );
        let grown = mirrored.grown(CARELESS);
        let top = grown.y.max(self.first_fold + 0.6);
        let bottom = (grown.y + grown.height).min(self.foot());
        Area::new(grown.x, top, grown.width, bottom - top)
    }

    /// Below this the tint panel stays white.
    fn foot(&self) -> f32 {
        self.paper.height() - EDGE
    }

    /// The window of the tint panel at the left, above the tint of the high code.
    pub(in crate::paper) fn finished(&self) -> (f32, f32, f32) {
        let tint = self.code_tint(self.high);
        let right = (tint.x + tint.width - CARELESS).min(self.lines_tint().x - 2.0);
        let rise = if self.locked { 6.4 } else { 8.1 };
        (self.high.x, self.first_fold + rise, right - self.high.x)
    }

    /// The window of the tint panel at the right, below the tint of the low code.
    pub(in crate::paper) fn damaged(&self) -> (f32, f32, f32) {
        let tint = self.code_tint(self.low);
        let x = self.lines_tint().x + self.lines_tint().width + if self.locked { 6.0 } else { 3.2 };
        (x, tint.y + tint.height + 6.2, self.paper.right() - x)
    }

    /// The corner of the secret panel above the low code: left edge, baseline, width.
    pub(in crate::paper) fn recover(&self) -> (f32, f32, f32) {
        let x = self.low.x - if self.locked { 0.0 } else { 2.0 };
        (x, self.high.y + 2.3, self.paper.right() - x)
    }

    /// The corner of the secret panel below the high code: left edge, baseline, width.
    pub(in crate::paper) fn without(&self) -> (f32, f32, f32) {
        (
            self.high.x,
            self.high.y + self.high.height + if self.locked { 6.6 } else { 7.0 },
            self.high.width + 2.0,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Geometry> {
        [PaperSize::A4, PaperSize::Letter]
            .into_iter()
            .flat_map(|paper| [false, true].map(|locked| Geometry::new(paper, locked)))
    }

    fn groups(sheet: &Geometry) -> Vec<Area> {
        let (width, height) = (
            sheet.symbol_size * 0.3528 * 0.602 * 4.0,
            sheet.symbol_size * 0.3528 * 0.73,
        );
        (0..sheet.lines())
            .flat_map(|line| (0..GROUPS[line]).map(move |group| sheet.group(line, group)))
            .map(|(x, y)| Area::new(x, y - height, width, height))
            .collect()
    }

    #[test]
    fn no_group_meets_another_or_the_quiet_zone_of_a_code() {
        for sheet in all() {
            let groups = groups(&sheet);
            for (number, group) in groups.iter().enumerate() {
                assert!(
                    !group.meets(sheet.high.grown(QUIET)),
                    "{:?} {}",
                    sheet.paper,
                    sheet.locked
                );
                assert!(
                    !group.meets(sheet.low.grown(QUIET)),
                    "{:?} {}",
                    sheet.paper,
                    sheet.locked
                );
                assert!(groups[number + 1..].iter().all(|other| !group.meets(*other)));
            }
        }
    }

    #[test]
    fn what_is_secret_lies_in_the_secret_panel() {
        for sheet in all() {
            for area in groups(&sheet).into_iter().chain([sheet.high, sheet.low]) {
                assert!(
                    area.y > sheet.second_fold + 5.0 && area.y + area.height < sheet.first_fold - 3.5,
                    "{area:?}"
                );
            }
        }
    }

    #[test]
    fn the_mirror_of_what_is_secret_is_tinted_on_the_page() {
        for sheet in all() {
            let lines = sheet.lines_tint();
            for group in groups(&sheet) {
                let mirror = 2.0 * sheet.first_fold - group.y - group.height;
                assert!(
                    group.x >= lines.x && group.x + group.width <= lines.x + lines.width,
                    "{group:?} {lines:?}"
                );
                assert!(
                    mirror > lines.y && mirror + group.height < lines.y + lines.height,
                    "{group:?} {lines:?}"
                );
            }
            for code in [sheet.high, sheet.low] {
                let tint = sheet.code_tint(code);
                let mirror = 2.0 * sheet.first_fold - code.y - code.height;
                assert!(tint.x <= code.x - CARELESS && tint.x + tint.width >= code.x + code.width + CARELESS);
                assert!(
                    tint.y <= mirror - 3.0 && tint.y + tint.height >= mirror + code.height + 2.5,
                    "{tint:?} {mirror}"
                );
                assert!(tint.y + tint.height <= sheet.paper.height() - EDGE + 0.01);
            }
        }
    }

    #[test]
    fn the_two_codes_cannot_be_lost_to_one_stain() {
        // A disc of a quarter of the secret panel, as paper.md asks.
        for sheet in all() {
            let panel = sheet.paper.width() * (sheet.first_fold - sheet.second_fold);
            let diameter = 2.0 * (panel / 4.0 / std::f32::consts::PI).sqrt();
            assert!(sheet.low.x - sheet.high.x - sheet.high.width > diameter, "{diameter}");
        }
    }
}
