use super::*;

const OLD: &str = "20100615X00001";
const NEW: &str = "20240615000001";

/// Cleans a row. Returns the values of the named columns, and the defects by column.
fn clean(
    table: &str,
    cells: &[(&str, &str)],
    far_part: Option<&str>,
    columns: &[&str],
) -> (Vec<String>, Vec<String>) {
    let table = Table::find(table).expect("table exists");
    let cell = |name: &str| cells.iter().find(|c| c.0 == name).map(|c| c.1);
    let raw: Vec<_> = table.columns.iter().map(|c| cell(c.name)).collect();
    let mut out = CleanRow::new();
    RowCleaner::new(table).clean(&raw, &Context { far_part }, &mut out);
    let names: Vec<_> = table.columns.iter().chain(table.derived).map(|c| c.name).collect();
    let at = |name: &&str| names.iter().position(|n| n == name).expect("column exists");
    let format = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Double(x) => x.to_string(),
        other => format!("{other:?}"),
    };
    let values = columns.iter().map(|c| format(&out.values[at(c)])).collect();
    let defects = out.defects.iter().map(|d| format!("{} {}", names[d.column], d.kind.as_str()));
    (values, defects.collect())
}

fn clean_event(cells: &[(&str, &str)], columns: &[&str]) -> (Vec<String>, Vec<String>) {
    clean("events", cells, None, columns)
}

#[test]
fn empty_row_has_no_position_and_no_defect() {
    let (values, defects) =
        clean_event(&[("ev_city", "")], &["ev_city", "lat", "lon", "coord_source"]);
    assert_eq!(values, ["-", "-", "-", "none"]);
    assert!(defects.is_empty());
}

#[test]
fn year_and_month_follow_the_date() {
    let columns = &["ev_year", "ev_month"];
    let date = ("ev_date", "06/15/10 00:00:00");
    let (values, defects) = clean_event(&[date, ("ev_year", "2011"), ("ev_month", "6")], columns);
    assert_eq!(
        (values, defects),
        (vec!["2010".into(), "6".into()], vec!["ev_year year_corrected".into()])
    );
    let (values, defects) = clean_event(&[date], columns);
    assert_eq!((values, defects), (vec!["2010".into(), "6".into()], vec![]));
    let (values, _) = clean_event(&[("ev_year", "2011")], columns);
    assert_eq!(values, ["2011", "-"]);
}

#[test]
fn decimal_degrees_take_precedence() {
    let (values, defects) = clean_event(
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
fn coordinate_text_may_be_joined_only_since_2020() {
    let text = [("ev_state", "KS"), ("latitude", "034128N"), ("longitude", "0971515w")];
    let columns = &["lat", "lon", "coord_source", "longitude"];
    let row =
        |more: &[(&'static str, &'static str)]| clean_event(&[&text[..], more].concat(), columns);
    let padded = ["3.6911111", "-97.2541667", "dms", "0971515W"];
    assert_eq!(row(&[("lchg_date", "06/15/10 00:00:00")]).0, padded);
    assert_eq!(row(&[("ev_id", OLD)]).0, padded);
    for new in [("lchg_date", "06/15/24 00:00:00"), ("ev_id", NEW)] {
        let (values, defects) = row(&[new]);
        assert_eq!(values, ["-", "-", "none", "0971515W"]);
        assert_eq!(defects, ["longitude case_corrected", "latitude coordinate_ambiguous"]);
    }
}

#[test]
fn temperatures_are_converted_to_celsius() {
    let columns = &["wx_temp", "wx_temp_c", "wx_dew_pt_c"];
    let weather = [("ev_id", OLD), ("ev_country", "USA"), ("wx_temp", "41"), ("wx_dew_pt", "32")];
    let values = |part| clean("events", &weather, part, columns).0;
    assert_eq!(values(Some("091")), ["41", "5", "0"]);
    assert_eq!(values(Some("121")), ["41", "41", "32"]);
    assert_eq!(values(None), ["41", "-", "-"]);
}

#[test]
fn zero_temperature_is_null_if_the_weather_is_unknown() {
    let columns = &["wx_temp", "wx_dew_pt"];
    let (values, defects) =
        clean_event(&[("wx_temp", "0"), ("wx_dew_pt", "0"), ("altimeter", "0")], columns);
    assert_eq!(values, ["-", "-"]);
    assert_eq!(
        defects,
        ["altimeter zero_for_null", "wx_temp zero_for_null", "wx_dew_pt zero_for_null"]
    );
    let (values, _) = clean_event(&[("wx_temp", "0"), ("wx_dew_pt", "-4")], columns);
    assert_eq!(values, ["0", "-4"]);
    let (values, _) = clean_event(&[("wx_temp", "0"), ("altimeter", "3010")], columns);
    assert_eq!(values[0], "0");
}

#[test]
fn zero_distance_is_kept_on_the_airport() {
    let distance =
        |location| clean_event(&[("apt_dist", "0"), ("ev_nr_apt_loc", location)], &["apt_dist"]).0;
    assert_eq!(distance("ONAP"), ["0"]);
    assert_eq!(distance("OFAP"), ["-"]);
    assert_eq!(distance(""), ["-"]);
}

#[test]
fn unk_is_an_airport_in_alaska() {
    let station =
        |state| clean_event(&[("ev_nr_apt_id", "unk "), ("ev_state", state)], &["ev_nr_apt_id"]).0;
    assert_eq!(station("AK"), ["UNK"]);
    assert_eq!(station("KS"), ["-"]);
}

#[test]
fn standard_names_are_derived() {
    let (values, _) = clean(
        "aircraft",
        &[("acft_make", "NEW PIPER AIRCRAFT INC"), ("acft_model", "PA28-140"), ("rwy_num", "00")],
        None,
        &["acft_make", "acft_make_std", "acft_model", "acft_model_std", "rwy_num"],
    );
    assert_eq!(values, ["NEW PIPER AIRCRAFT INC", "Piper", "PA28-140", "PA-28-140", "-"]);
    let (values, _) = clean("engines", &[("eng_mfgr", "CONT MOTOR")], None, &["eng_mfgr_std"]);
    assert_eq!(values, ["Continental"]);
}
