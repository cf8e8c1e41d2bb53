//! Engines.

use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const T: &str = "engines";

const HOURS: &[&str] = &["eng_time_total", "eng_time_last_insp", "eng_time_overhaul"];

/// The usually filled columns.
const USUAL: &[&str] = &["eng_type", "eng_mfgr", "eng_model", "power_units", "hp_or_lbs"];

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::flag("engines.number_low", Schema, T).on("eng_no").below(1.0)
        .says("Engines of an aircraft are numbered from 1"),
    Rule::flag("engines.number_high", Schema, T).on("eng_no").above(8.0)
        .says("More engines in one aircraft than the threshold; true for some electric aircraft only"),
    Rule::null("engines.hours_negative", Business, T).any_below(HOURS, 0.0)
        .says("Engine hours below 0"),
    Rule::null("engines.hours_high", Business, T).any_above(HOURS, 200_000.0)
        .says("Engine hours above the threshold: no engine has run for as many"),
    Rule::flag("engines.hours_since_overhaul", Business, T).on("eng_time_overhaul").limit(1.0)
        .fails(&["eng_time_overhaul", "eng_time_total"], |c| c.exceeds(0, 1))
        .says("More hours since the last overhaul than in all, by more than the threshold"),
    Rule::flag("engines.hours_since_inspection", Business, T).on("eng_time_last_insp").limit(1.0)
        .fails(&["eng_time_last_insp", "eng_time_total"], |c| c.exceeds(0, 1))
        .says("More hours since the last inspection than in all, by more than the threshold"),
    Rule::null("engines.power_negative", Business, T).on("power_units").below(0.0)
        .says("Power below 0"),
    Rule::flag("engines.horsepower_high", Business, T).on("power_units").limit(20_000.0)
        .fails(&["power_units", "hp_or_lbs"], |c| c.text(1) == Some("HP") && c.number(0).is_some_and(|n| n > c.limit))
        .says("More horsepower than the threshold, above any engine: pounds of thrust, or a point lost"),
    Rule::flag("engines.piston_power_high", Business, T).on("power_units").limit(4000.0)
        .fails(&["power_units", "eng_type", "hp_or_lbs"], |c| c.text(1) == Some("REC") && c.number(0).is_some_and(|n| n > c.limit))
        .says("A piston engine of more power than the threshold, above the largest there were"),
    Rule::flag("engines.thrust_high", Business, T).on("power_units").limit(135_000.0)
        .fails(&["power_units", "hp_or_lbs"], |c| c.text(1) != Some("HP") && c.number(0).is_some_and(|n| n > c.limit))
        .says("More pounds of thrust than the threshold, above any engine of an aircraft"),
    Rule::flag("engines.jet_with_carburetor", Business, T).on("carb_fuel_injection")
        .fails(&["carb_fuel_injection", "eng_type"], |c| c.text(0) == Some("CARB") && matches!(c.text(1), Some("TF" | "TJ" | "TP" | "TS")))
        .says("A turbine engine with a carburetor"),
    Rule::flag("engines.sparse", Statistics, T).limit(0.3).when(Check::Sparse(USUAL))
        .says("More of the usually filled columns are null than the threshold, as a share"),
];
