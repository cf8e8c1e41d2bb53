//! The table of reports with the values that the standards give them, in `reports.txt`.

use ntsb_weather::{Bound, Cloud, Report, Rvr, Visibility, Wind, parse_report, parse_reports};

const TABLE: &str = include_str!("reports.txt");
const NAMES: [&str; 12] = [
    "report",
    "header",
    "wind",
    "visibility",
    "rvr",
    "weather",
    "clouds",
    "ceiling",
    "temperature",
    "altimeter",
    "category",
    "other",
];

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('|').map(str::trim).collect())
}

#[test]
fn each_report_has_the_values_of_the_standard() {
    let mut failures = Vec::new();
    for row in rows() {
        assert_eq!(row.len(), NAMES.len(), "{row:?}");
        let report = parse_report(row[0]).unwrap_or_else(|| panic!("no report in {}", row[0]));
        for (index, value) in describe(&report).iter().enumerate() {
            if value != row[index + 1] {
                failures.push(format!(
                    "{}\n  {}: {value:?}, expected {:?}",
                    row[0],
                    NAMES[index + 1],
                    row[index + 1]
                ));
            }
        }
        let text = row[0].to_uppercase();
        let remarks = text.split_once(" RMK ").map(|(_, remarks)| remarks);
        assert_eq!(report.remarks.as_deref(), remarks, "{}", row[0]);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(rows().count() >= 100, "{}", rows().count());
}

#[test]
fn all_reports_of_the_table_are_found_in_one_text() {
    let reports: Vec<&str> =
        rows().map(|row| row[0]).filter(|text| text.starts_with("METAR")).collect();
    assert_eq!(parse_reports(&reports.join("\n")).len(), reports.len());
    assert_eq!(parse_reports(&reports.join("=")).len(), reports.len());
}

fn describe(report: &Report) -> [String; 11] {
    [
        describe_header(report),
        report.wind.as_ref().map_or("-".into(), describe_wind),
        report.visibility.map_or("-".into(), describe_visibility),
        list(report.rvr.iter().map(describe_rvr), " "),
        list(report.weather.iter().cloned(), " "),
        describe_sky(report),
        match (report.has_ceiling(), report.ceiling()) {
            (Some(false), None) => "none".into(),
            (_, Some(feet)) => feet.to_string(),
            _ => "?".into(),
        },
        match (report.temperature, report.dew_point) {
            (None, None) => "-".into(),
            (temperature, dew_point) => format!("{}/{}", show(temperature), show(dew_point)),
        },
        {
            let hectopascals = report.qnh_hpa.map(|value| format!("{value}hPa"));
            list(
                hectopascals.into_iter().chain(report.altimeter_inhg.map(|v| format!("{v}in"))),
                " ",
            )
        },
        report.flight_category().map_or("-".into(), |category| category.name().into()),
        describe_other(report),
    ]
}

fn describe_header(report: &Report) -> String {
    let time =
        report.time.map_or("- -".into(), |t| format!("{:02} {:02}:{:02}", t.day, t.hour, t.minute));
    let flags = [(report.is_auto, " AUTO"), (report.is_corrected, " COR"), (report.is_nil, " NIL")];
    let flags: String = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, name)| *name).collect();
    let kind = report.kind.map_or("-", |kind| kind.name());
    format!("{kind} {} {time}{flags}", report.station.as_deref().unwrap_or("-"))
}

fn describe_wind(wind: &Wind) -> String {
    if wind.speed == Some(0.0) && !wind.is_variable {
        return "calm".into();
    }
    let direction = match wind.direction {
        Some(degrees) => format!("{degrees:03}"),
        None => if wind.is_variable { "VRB" } else { "-" }.into(),
    };
    let speed = wind.speed.map_or("-".into(), |knots| knots.to_string());
    let gust = wind.gust.map_or(String::new(), |knots| format!("G{knots}"));
    let range = wind.range.map_or(String::new(), |(from, to)| format!(" {from:03}-{to:03}"));
    format!("{direction}/{speed}{gust}{range}")
}

fn sign(bound: Option<Bound>) -> &'static str {
    match bound {
        Some(Bound::Below) => "<",
        Some(Bound::Above) => ">",
        None => "",
    }
}

fn describe_visibility(visibility: Visibility) -> String {
    format!("{}{}", sign(visibility.bound), visibility.miles)
}

fn describe_rvr(rvr: &Rvr) -> String {
    let high =
        rvr.max_feet.map_or(String::new(), |feet| format!("..{}{feet}", sign(rvr.max_bound)));
    let trend = rvr.trend.map_or("", |trend| match trend.name() {
        "up" => " U",
        "down" => " D",
        _ => " N",
    });
    format!("{}={}{}{high}{trend}", rvr.runway, sign(rvr.bound), show(rvr.feet))
}

fn describe_sky(report: &Report) -> String {
    let layers = report.clouds.iter().map(|cloud: &Cloud| {
        let cover = cloud.cover.map_or("?", |cover| cover.code());
        let kind = cloud.kind.map_or("", |kind| kind.code());
        format!("{cover}@{}{kind}", show(cloud.height))
    });
    let obscured = report.is_obscured.then(|| format!("VV@{}", show(report.vertical_visibility)));
    let clear = report.clear_sky.or(report.is_cavok.then_some("CAVOK")).map(str::to_owned);
    list(layers.chain(obscured).chain(clear), " ")
}

fn describe_other(report: &Report) -> String {
    let directions: Vec<String> = report
        .directional_visibility
        .iter()
        .map(|(miles, point)| format!("{miles}{point}"))
        .collect();
    let parts = [
        ("sup", report.supplement.join(",")),
        ("trend", report.trend.clone().unwrap_or_default()),
        ("unparsed", report.unparsed.join(",")),
        ("vis", directions.join(",")),
    ];
    list(
        parts
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{name}={text}")),
        " ",
    )
}

fn show(value: Option<impl ToString>) -> String {
    value.map_or("?".into(), |value| value.to_string())
}

fn list(parts: impl Iterator<Item = String>, separator: &str) -> String {
    let text = parts.collect::<Vec<_>>().join(separator);
    if text.is_empty() { "-".into() } else { text }
}
