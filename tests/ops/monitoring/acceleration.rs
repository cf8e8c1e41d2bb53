//! The configurations with shorter times, so that an alert that takes minutes fires within seconds.

/// Minutes become seconds.
const SPEED: u64 = 60;

/// Milliseconds of a duration such as `5m`.
fn parse(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let milliseconds = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return None,
    };
    Some(number * milliseconds)
}

fn shorten(duration: &str) -> Option<String> {
    parse(duration).map(|milliseconds| format!("{}ms", milliseconds / SPEED))
}

/// Shortens the durations that are values (`for: 5m`) and ranges (`[5m]`), and nothing else.
pub fn accelerate(text: &str) -> String {
    text.lines().map(|line| accelerate_ranges(&accelerate_value(line)) + "\n").collect()
}

fn accelerate_value(line: &str) -> String {
    let shortened =
        line.rsplit_once(": ").and_then(|(key, value)| Some(format!("{key}: {}", shorten(value)?)));
    shortened.unwrap_or_else(|| line.to_owned())
}

fn accelerate_ranges(line: &str) -> String {
    let mut parts = line.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let range = part.split_once(']').and_then(|(range, rest)| Some((shorten(range)?, rest)));
        out +=
            &range.map_or_else(|| format!("[{part}"), |(range, rest)| format!("[{range}]{rest}"));
    }
    out
}

#[test]
fn only_durations_are_shortened() {
    let text = "  - record: ntsb:errors:ratio_rate5m\n    expr: sum(rate(x[5m])) > 26 * 3600 or y[1d]\n    for: 15m\n\
                description: \"for 5m\"\n  group_wait: 30s\n  group_by: [alertname, area]\n  retention: 30 days\n";
    let expected = "  - record: ntsb:errors:ratio_rate5m\n    expr: sum(rate(x[5000ms])) > 26 * 3600 or y[1440000ms]\n    for: 15000ms\n\
                description: \"for 5m\"\n  group_wait: 500ms\n  group_by: [alertname, area]\n  retention: 30 days\n";
    assert_eq!(accelerate(text), expected);
}
