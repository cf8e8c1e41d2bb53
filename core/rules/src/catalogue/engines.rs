//! Rules for `engines`.

use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const TABLE: &str = "engines";

const HOURS: &[&str] = &["eng_time_total", "eng_time_last_insp", "eng_time_overhaul"];

/// Columns that are usually filled.
const USUALLY_FILLED: &[&str] = &["eng_type", "eng_mfgr", "eng_model", "power_units", "hp_or_lbs"];

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::flag("engines.number_low", Schema, TABLE).column("eng_no").below(1.0)
        .description("Engine number below the threshold; engines of an aircraft are numbered from 1"),
    Rule::flag("engines.number_high", Schema, TABLE).column("eng_no").above(8.0)
        .description("More engines on one aircraft than the threshold; only some electric aircraft have that many"),
    Rule::null("engines.hours_negative", Business, TABLE).any_below(HOURS, 0.0)
        .description("Engine hours are negative"),
    Rule::null("engines.hours_high", Business, TABLE).any_above(HOURS, 200_000.0)
        .description("Engine hours above the threshold; no engine has run that many"),
    Rule::flag("engines.hours_since_overhaul", Business, TABLE).column("eng_time_overhaul").threshold(1.0)
        .fails_if(&["eng_time_overhaul", "eng_time_total"], |c| c.exceeds(0, 1))
        .description("Hours since the last overhaul exceed total engine hours by more than the threshold"),
    Rule::flag("engines.hours_since_inspection", Business, TABLE).column("eng_time_last_insp").threshold(1.0)
        .fails_if(&["eng_time_last_insp", "eng_time_total"], |c| c.exceeds(0, 1))
        .description("Hours since the last inspection exceed total engine hours by more than the threshold"),
    Rule::null("engines.power_negative", Business, TABLE).column("power_units").below(0.0)
        .description("Engine power is negative"),
    Rule::flag("engines.horsepower_high", Business, TABLE).column("power_units").threshold(20_000.0)
        .fails_if(&["power_units", "hp_or_lbs"], |c| c.text(1) == Some("HP") && c.number(0).is_some_and(|n| n > c.threshold))
        .description("More horsepower than the threshold, more than any engine has: the value is pounds of thrust or lost its decimal point"),
    Rule::flag("engines.piston_power_high", Business, TABLE).column("power_units").threshold(4000.0)
        .fails_if(&["power_units", "eng_type", "hp_or_lbs"], |c| c.text(1) == Some("REC") && c.number(0).is_some_and(|n| n > c.threshold))
        .description("A piston engine with more power than the threshold, more than the largest ever built"),
    Rule::flag("engines.thrust_high", Business, TABLE).column("power_units").threshold(135_000.0)
        .fails_if(&["power_units", "hp_or_lbs"], |c| c.text(1) != Some("HP") && c.number(0).is_some_and(|n| n > c.threshold))
        .description("More pounds of thrust than the threshold; no aircraft engine has that much"),
    Rule::flag("engines.jet_with_carburetor", Business, TABLE).column("carb_fuel_injection")
        .fails_if(&["carb_fuel_injection", "eng_type"], |c| c.text(0) == Some("CARB") && matches!(c.text(1), Some("TF" | "TJ" | "TP" | "TS")))
        .description("A turbine engine with a carburetor"),
    Rule::flag("engines.sparse", Statistics, TABLE).threshold(0.3).check(Check::Sparse(USUALLY_FILLED))
        .description("The share of nulls among the usually filled columns is above the threshold"),
];
