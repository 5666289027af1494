use super::*;

/// 40 symbols that are no label, prefix or look-alike.
const HALF: &str = "QQQQVPZARUM0K3D90NTSQV4JQQPQGPSGPGXQUYQJ";

/// Each line as row, prefix, label, symbols with `?` for the unreadable, and surplus.
fn read(text: &str) -> Vec<String> {
    let told = |line: &TypedLine| {
        let mut symbols = line.symbols.text().expose(str::to_string);
        for place in &line.unreadable {
            symbols.replace_range(place..&(place + 1), "?");
        }
        let prefix = line.prefix.map_or("-", Mode::prefix);
        let label = line.label.map_or("-".to_string(), |label| label.to_string());
        format!("{} {prefix} {label} {symbols} {}", line.row, line.surplus)
    };
    lines(text).iter().map(told).collect()
}

fn one(symbols: &str) -> Vec<String> {
    vec![format!("1 - - {symbols} 0")]
}

fn grouped(symbols: &str) -> String {
    let groups: Vec<&str> = (0..symbols.len())
        .step_by(4)
        .map(|at| &symbols[at..symbols.len().min(at + 4)])
        .collect();
    groups.join(" ")
}

#[test]
fn either_case_and_any_separator_give_the_same_symbols() {
    for text in [
        "QPZRY9X8",
        "qpzry9x8",
        " qpzr  y9x8 ",
        "qpzr-y9x8",
        "qpzr\u{2013}y9x8",
        "qpzr\u{a0}\u{3000}y9x8",
        "qpzr\ty9x8\r\n",
        "\u{feff}qp\u{200b}zr\u{ad}y9x8",
        "\u{202e}qpzr y9x8\u{202c}",
        "ＱＰＺＲ　ｙ９ｘ８",
        "\"qpzr, y9x8.\"",
        "qpzr\n\u{200b}y9x8",
        "qpzr\ry9x8",
    ] {
        assert_eq!(read(text), one("QPZRY9X8"), "{text:?}");
    }
}

#[test]
fn look_alikes_outside_the_alphabet_are_read_as_the_symbol_they_can_only_be() {
    assert_eq!(read("QOoBbIi1l"), one("Q0088LLLL"));
}

#[test]
fn what_cannot_be_a_symbol_is_unreadable() {
    assert_eq!(read("Q?*#_é¡Ж🦀Q"), one("Q????????Q"));
}

#[test]
fn a_line_goes_on_over_rows_until_a_blank_one() {
    assert_eq!(read("QQQQ\nPPPP\n \t \nZZZZ"), ["1 - - QQQQPPPP 0", "4 - - ZZZZ 0"]);
    assert_eq!(
        read("QQQQ\r\nPPPP\r\n\r\nZZZZ\r\n"),
        ["1 - - QQQQPPPP 0", "4 - - ZZZZ 0"]
    );
}

#[test]
fn a_code_is_cut_at_its_slashes_and_prefixes() {
    let code = "SR1QQQQ/SR1PPPP/ZZ1YYYY";
    let cut = ["1 SR1 - QQQQ 0", "1 SR1 - PPPP 0", "1 ZZ1 - YYYY 0"];
    assert_eq!(read(code), cut);
    assert_eq!(read(&code.to_lowercase()), cut);
    assert_eq!(read(&code.replace('1', "I")), cut);
    assert_eq!(read(&code.replace('1', "l")), cut);
    assert_eq!(read(&code.replace('1', "1 ")), cut);
    assert_eq!(read("SR1QQQQ\nSR1PPPP"), ["1 SR1 - QQQQ 0", "2 SR1 - PPPP 0"]);
}

#[test]
fn a_group_that_looks_like_a_prefix_is_a_group() {
    for group in ["SR1Q", "SRLQ", "ZZ1Q", "ZZLQ"] {
        let symbols = format!("{HALF}{}", group.replace('1', "L"));
        assert_eq!(read(&format!("{} {group}", grouped(HALF))), one(&symbols));
        assert_eq!(read(&format!("{}\n{group}", grouped(HALF))), one(&symbols));
    }
}

#[test]
fn labels_begin_a_line_and_are_no_symbols() {
    for text in [
        "A: QQQQ B: PPPP",
        "A QQQQ\nB PPPP",
        "Line A\nQQQQ\nLine B\nPPPP",
        "a : qqqq\nline b: pppp",
        "A\n\nQQQQ\n\nB\nPPPP",
    ] {
        let lines: Vec<String> = read(text).iter().map(|line| line[2..].to_string()).collect();
        assert_eq!(lines, ["- A QQQQ 0", "- B PPPP 0"], "{text:?}");
    }
    assert_eq!(read("line a: SR1 QQQQ"), ["1 SR1 A QQQQ 0"]);
}

#[test]
fn letters_typed_apart_are_symbols() {
    assert_eq!(read("Q Q A C E\nA C E"), one("QQACEACE"));
}

#[test]
fn the_printed_numbers_of_groups_are_no_symbols() {
    let sheet =
        "Line A\nA1 A2 A3\nQQQQ VPZA RUM0\nA4 A5\nK3D9 0NTS\ncheck groups\nA6\nDN00\nLine B\nB1 B2\nQGQY HGLY\n";
    assert_eq!(read(sheet), ["3 - A QQQQVPZARUM0K3D90NTSDN00 0", "11 - B QGQYHGLY 0"]);
    assert_eq!(read("A1 QQQQ A2 VPZA A3 RUM0"), ["1 - A QQQQVPZARUM0 0"]);
    assert_eq!(read("A1: QQQQ A2: VPZ A3: RUM0"), ["1 - A QQQQVPZRUM0 0"]);
    assert_eq!(read("A1 QQQQ A2 VPZ A3 RUM0"), ["1 - A QQQQVPZRUM0 0"]);
}

#[test]
fn symbols_that_could_be_the_number_of_another_group_stay_symbols() {
    assert_eq!(read("QQQQ A7 QQ"), one("QQQQA7QQ"));
    assert_eq!(read("A7QQ A7A7"), one("A7QQA7A7"));
}

#[test]
fn whole_rows_are_lines_of_their_own() {
    let a = format!("{HALF}{HALF}QQQQQQQQ");
    let b = format!("QGQY{}", &a[..68]);
    let both = [format!("1 - - {a} 0"), format!("2 - - {b} 0")];
    assert_eq!(read(&format!("{a}\n{b}")), both);
    assert_eq!(read(&format!("{}\n{}", grouped(&a), grouped(&b))), both);
    assert_eq!(
        read(&format!("{}\n{}", &a[1..], b)),
        [format!("1 - - {} 0", &a[1..]), both[1].clone()]
    );
    assert_eq!(read(&format!("{a} {b}")), [both[0].clone(), format!("1 - - {b} 0")]);
}

#[test]
fn rows_of_five_groups_make_two_lines_without_a_blank_between() {
    let a = format!("{HALF}{HALF}QQQQQQQQ");
    let b = format!("QGQY{}", &a[..68]);
    let rows = |text: &str| {
        let rows: Vec<&[u8]> = text.as_bytes().chunks(20).collect();
        String::from_utf8_lossy(&rows.join(&b'\n')).to_string() + "\n"
    };
    assert_eq!(
        read(&(rows(&a) + &rows(&b))),
        [format!("1 - - {a} 0"), format!("6 - - {b} 0")]
    );
    assert_eq!(
        read(&(rows(&b) + &rows(&a))),
        [format!("1 - - {b} 0"), format!("5 - - {a} 0")]
    );
}

#[test]
fn what_is_too_much_is_counted_and_not_kept() {
    assert_eq!(
        read(&"Q".repeat(1000)),
        one(&"Q".repeat(KEPT))
            .iter()
            .map(|line| line.replace(" 0", " 872"))
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_text_without_symbols_has_no_lines() {
    for text in ["", "\n\n", " /// ", "A:", "SR1", "-----", "\u{feff}"] {
        assert!(read(text).is_empty(), "{text:?}");
    }
}

#[test]
fn a_group_has_four_readable_symbols_and_may_bear_its_name() {
    for text in ["QPB1", " qp 8l\n", "A7: QP8L", "a7 qp8l"] {
        assert!(
            group(text).is_some_and(|symbols| symbols.text().expose(|text| text == "QP8L")),
            "{text:?}"
        );
    }
    for text in ["", "QPZ", "QPZRY", "QP?R", "A7"] {
        assert!(group(text).is_none(), "{text:?}");
    }
}
