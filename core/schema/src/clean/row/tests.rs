use super::*;

const OLD: &str = "20100615X00001";
const NEW: &str = "20240615000001";

/// A cleaned row of a table: the values of the named columns, and the defects by column.
fn cleaned(
    table: &str,
    cells: &[(&str, &str)],
    far_part: Option<&str>,
    columns: &[&str],
) -> (Vec<String>, Vec<String>) {
    let table = Table::find(table).expect("a table");
    let cell = |name: &str| cells.iter().find(|c| c.0 == name).map(|c| c.1);
    let raw: Vec<_> = table.columns.iter().map(|c| cell(c.name)).collect();
    let mut out = CleanRow::new();
    RowCleaner::new(table).clean(&raw, &Context { far_part }, &mut out);
    let names: Vec<_> = table.columns.iter().chain(table.derived).map(|c| c.name).collect();
    let at = |name: &&str| names.iter().position(|n| n == name).expect("a column");
    let shown = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Double(x) => x.to_string(),
        other => format!("{other:?}"),
    };
    let values = columns.iter().map(|c| shown(&out.values[at(c)])).collect();
    let defects = out.defects.iter().map(|d| format!("{} {}", names[d.column], d.kind.as_str()));
    (values, defects.collect())
}

fn events(cells: &[(&str, &str)], columns: &[&str]) -> (Vec<String>, Vec<String>) {
    cleaned("events", cells, None, columns)
}

#[test]
fn an_empty_row_has_no_place_and_no_defect() {
    let (values, defects) = events(&[("ev_city", "")], &["ev_city", "lat", "lon", "coord_source"]);
    assert_eq!(values, ["-", "-", "-", "none"]);
    assert!(defects.is_empty());
}

#[test]
fn year_and_month_follow_the_date() {
    let columns = &["ev_year", "ev_month"];
    let date = ("ev_date", "06/15/10 00:00:00");
    let (values, defects) = events(&[date, ("ev_year", "2011"), ("ev_month", "6")], columns);
    assert_eq!(
        (values, defects),
        (vec!["2010".into(), "6".into()], vec!["ev_year year_corrected".into()])
    );
    let (values, defects) = events(&[date], columns);
    assert_eq!((values, defects), (vec!["2010".into(), "6".into()], vec![]));
    let (values, _) = events(&[("ev_year", "2011")], columns);
    assert_eq!(values, ["2011", "-"]);
}

#[test]
fn decimal_degrees_win() {
    let (values, defects) = events(
        &[
            ("ev_state", "KS"),
            ("latitude", "038752N"),
            ("longitude", "0971500W"),
            ("dec_latitude", "38.131111"),
            ("dec_longitude", "97.25"),
        ],
        &["lat", "lon", "coord_source", "dec_longitude", "latitude"],
    );
    assert_eq!(values, ["38.131111", "-97.25", "dec", "-97.25", "038752N"]);
    assert_eq!(defects, ["latitude coordinate_repaired", "dec_longitude sign_restored"]);
}

#[test]
fn text_of_old_rows_is_read_and_of_new_rows_doubted() {
    let text = [("ev_state", "KS"), ("latitude", "034128N"), ("longitude", "0971515w")];
    let columns = &["lat", "lon", "coord_source", "longitude"];
    let row = |more: &[(&'static str, &'static str)]| events(&[&text[..], more].concat(), columns);
    let read = ["3.6911111", "-97.2541667", "dms", "0971515W"];
    assert_eq!(row(&[("lchg_date", "06/15/10 00:00:00")]).0, read);
    assert_eq!(row(&[("ev_id", OLD)]).0, read);
    for new in [("lchg_date", "06/15/24 00:00:00"), ("ev_id", NEW)] {
        let (values, defects) = row(&[new]);
        assert_eq!(values, ["-", "-", "none", "0971515W"]);
        assert_eq!(defects, ["longitude case_corrected", "latitude coordinate_ambiguous"]);
    }
}

#[test]
fn temperatures_in_celsius() {
    let columns = &["wx_temp", "wx_temp_c", "wx_dew_pt_c"];
    let weather = [("ev_id", OLD), ("ev_country", "USA"), ("wx_temp", "41"), ("wx_dew_pt", "32")];
    let of = |part| cleaned("events", &weather, part, columns).0;
    assert_eq!(of(Some("091")), ["41", "5", "0"]);
    assert_eq!(of(Some("121")), ["41", "41", "32"]);
    assert_eq!(of(None), ["41", "-", "-"]);
}

#[test]
fn a_temperature_of_zero() {
    let columns = &["wx_temp", "wx_dew_pt"];
    let (values, defects) =
        events(&[("wx_temp", "0"), ("wx_dew_pt", "0"), ("altimeter", "0")], columns);
    assert_eq!(values, ["-", "-"]);
    assert_eq!(
        defects,
        ["altimeter zero_for_null", "wx_temp zero_for_null", "wx_dew_pt zero_for_null"]
    );
    let (values, _) = events(&[("wx_temp", "0"), ("wx_dew_pt", "-4")], columns);
    assert_eq!(values, ["0", "-4"]);
    let (values, _) = events(&[("wx_temp", "0"), ("altimeter", "3010")], columns);
    assert_eq!(values[0], "0");
}

#[test]
fn on_the_airport_the_distance_is_zero() {
    let of = |location| events(&[("apt_dist", "0"), ("ev_nr_apt_loc", location)], &["apt_dist"]).0;
    assert_eq!(of("ONAP"), ["0"]);
    assert_eq!(of("OFAP"), ["-"]);
    assert_eq!(of(""), ["-"]);
}

#[test]
fn unk_is_an_airport_in_alaska() {
    let of = |state| events(&[("ev_nr_apt_id", "unk "), ("ev_state", state)], &["ev_nr_apt_id"]).0;
    assert_eq!(of("AK"), ["UNK"]);
    assert_eq!(of("KS"), ["-"]);
}

#[test]
fn standard_names_stand_beside_the_originals() {
    let (values, _) = cleaned(
        "aircraft",
        &[("acft_make", "NEW PIPER AIRCRAFT INC"), ("acft_model", "PA28-140"), ("rwy_num", "00")],
        None,
        &["acft_make", "acft_make_std", "acft_model", "acft_model_std", "rwy_num"],
    );
    assert_eq!(values, ["NEW PIPER AIRCRAFT INC", "Piper", "PA28-140", "PA-28-140", "-"]);
    let (values, _) = cleaned("engines", &[("eng_mfgr", "CONT MOTOR")], None, &["eng_mfgr_std"]);
    assert_eq!(values, ["Continental"]);
}
