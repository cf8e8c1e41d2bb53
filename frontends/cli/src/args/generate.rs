//! Arguments of `ntsb generate`.

use std::path::PathBuf;

use clap::Args;
use ntsb_testdata::defects::DEFECTS;
use ntsb_testdata::{MAX_EVENTS, MILLION};

use super::EXIT_CODES;

/// Generate synthetic NTSB data (CSV) with known defects
///
/// The same number of events, seed and options always give the same files, byte for byte. A larger
/// set starts with the events of a smaller one. manifest.json, which is written last, lists the row
/// counts of the tables and the location of each injected defect.
#[derive(Debug, Args)]
#[command(after_help = format!("{}\n{EXIT_CODES}", list_defect_kinds()))]
pub struct GenerateArgs {
    /// Number of events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MAX_EVENTS))]
    pub events: u64,

    /// Random seed
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// Output folder, which must be new or empty
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// Share of a defect kind, such as time_2400=0.01 or padding=5%
    #[arg(long = "defect", value_name = "KIND=SHARE", value_parser = parse_defect_share)]
    pub defects: Vec<DefectShare>,

    /// Inject only the defects given with --defect
    #[arg(long)]
    pub clean: bool,

    /// First year of the events (1962 or later; default: 1982)
    #[arg(long, value_name = "YEAR")]
    pub from: Option<i32>,

    /// Last year of the events (2025 or earlier; default: 2025)
    #[arg(long, value_name = "YEAR")]
    pub to: Option<i32>,

    /// Median number of words per narrative (default: 256); 0 omits narratives
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=5_000))]
    pub words: Option<u32>,
}

/// A defect kind with the requested share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefectShare {
    pub kind: String,
    /// In parts per million.
    pub share: u32,
}

/// Parses `KIND=SHARE`, where the share is a fraction (0.02) or a percentage (2%).
fn parse_defect_share(text: &str) -> Result<DefectShare, String> {
    let (kind, share) =
        text.split_once('=').ok_or("expected KIND=SHARE, such as time_2400=0.01")?;
    if !DEFECTS.iter().any(|defect| defect.name == kind) {
        return Err(format!("unknown defect kind {kind}; ntsb generate --help lists them"));
    }
    let (number, divisor) = share.strip_suffix('%').map_or((share, 1.0), |n| (n, 100.0));
    let fraction = number
        .parse::<f64>()
        .ok()
        .map(|number| number / divisor)
        .filter(|fraction| (0.0..=1.0).contains(fraction))
        .ok_or_else(|| {
            format!("the share must be between 0 and 1 or between 0% and 100%, got {share}")
        })?;
    let share = (fraction * f64::from(MILLION)).round() as u32;
    Ok(DefectShare { kind: kind.to_owned(), share })
}

/// Lists the defect kinds for the help text.
fn list_defect_kinds() -> String {
    let mut text = String::from("Defect kinds, with their default share of the eligible events:\n");
    for defect in DEFECTS {
        let share = f64::from(defect.default_share) / f64::from(MILLION);
        text.push_str(&format!(
            "  {:<22}{share:<9}{:<10}{}\n",
            defect.name,
            defect.expected.as_str(),
            defect.description
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_fractions_or_percentages() {
        let share = |text: &str| parse_defect_share(text).map(|defect| defect.share);
        assert_eq!(share("time_2400=0.02"), Ok(20_000));
        assert_eq!(share("time_2400=2%"), Ok(20_000));
        assert_eq!(share("time_2400=1"), Ok(MILLION));
        for invalid in ["time_2400", "time_2400=x", "time_2400=1.5", "time_2400=NaN", "dust=0.1"] {
            assert!(share(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn the_help_lists_every_defect_kind() {
        let help = list_defect_kinds();
        assert!(DEFECTS.iter().all(|defect| help.contains(defect.name)));
    }
}
