//! Accident scenarios, each in the codes of both eras.
//!
//! Since 2008 an occurrence is a phase and an event of three digits each, and a finding has ten digits.
//! Before 2008 the codes are different, and a finding has a subject, a modifier and a person.

mod codes;

use super::fleet::Model;
use super::rng::Rng;
use codes::*;
pub use codes::{PILOT, UNDETERMINED};

/// A code and its meaning.
pub type Code = (&'static str, &'static str);
pub type OldCode = (i32, &'static str);

pub struct Scenario {
    /// The weights in fatal and in other events.
    pub weights: (u32, u32),
    pub needs_engine: bool,
    pub phase: &'static Code,
    pub event: &'static Code,
    /// The second occurrence.
    pub next: Option<(&'static Code, &'static Code)>,
    pub findings: &'static [&'static Code],
    pub old_event: &'static OldCode,
    pub old_phase: &'static OldCode,
    pub old_next: Option<&'static OldCode>,
    /// Subject and modifier.
    pub old_finding: (&'static OldCode, &'static OldCode),
    /// Completes "which resulted in …" in the probable cause.
    pub outcome: &'static str,
    /// Completes "The pilot's …" in the probable cause.
    pub cause: &'static str,
}

/// The scenario of a midair collision.
pub const COLLISION: &Scenario = &SCENARIOS[0];

#[rustfmt::skip] // one line per scenario
pub const SCENARIOS: &[Scenario] = &[
    Scenario { weights: (0, 0), needs_engine: false, phase: &CRUISE, event: &MIDAIR, next: Some((&UNCONTROLLED, &HIT)), findings: &[&WATCH], old_event: &O_MIDAIR, old_phase: &P_CRUISE, old_next: Some(&O_TERRAIN), old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "a midair collision", cause: "inadequate visual lookout" },
    Scenario { weights: (1, 22), needs_engine: false, phase: &ROLL, event: &LOC_GROUND, next: Some((&ROLL, &EXCURSION)), findings: &[&DIRECTION, &CONTROL, &WIND], old_event: &O_LOC_GROUND, old_phase: &P_ROLL, old_next: Some(&O_GROUND), old_finding: (&S_DIRECTION, &M_NOT_MAINTAINED), outcome: "a runway excursion", cause: "failure to maintain directional control" },
    Scenario { weights: (0, 12), needs_engine: false, phase: &FLARE, event: &HARD, next: None, findings: &[&CONTROL, &ACTION], old_event: &O_HARD, old_phase: &P_FLARE, old_next: None, old_finding: (&S_FLARE, &M_MISJUDGED), outcome: "a hard landing", cause: "improper landing flare" },
    Scenario { weights: (0, 5), needs_engine: false, phase: &ROLL, event: &NOSE, next: None, findings: &[&CONTROL], old_event: &O_NOSE, old_phase: &P_ROLL, old_next: None, old_finding: (&S_CONTROL, &M_IMPROPER), outcome: "a nose-over", cause: "excessive use of the brakes" },
    Scenario { weights: (0, 4), needs_engine: true, phase: &LANDING, event: &GEAR, next: None, findings: &[&ACTION, &WATCH], old_event: &O_WHEELS_UP, old_phase: &P_LANDING, old_next: None, old_finding: (&S_GEAR, &M_INADEQUATE), outcome: "a landing with the gear retracted", cause: "failure to extend the landing gear" },
    Scenario { weights: (0, 4), needs_engine: false, phase: &ROLL, event: &COLLAPSE, next: None, findings: &[&GEAR_SYSTEM], old_event: &O_SYSTEM, old_phase: &P_ROLL, old_next: None, old_finding: (&S_GEAR, &M_FAILED), outcome: "the collapse of a main gear leg", cause: "landing with side load" },
    Scenario { weights: (10, 15), needs_engine: true, phase: &CLIMB, event: &POWER, next: Some((&EMERGENCY, &OFF_FIELD)), findings: &[&ENGINE], old_event: &O_POWER, old_phase: &P_CLIMB, old_next: Some(&O_FORCED), old_finding: (&S_ENGINE, &M_FAILED), outcome: "a forced landing on unsuitable terrain", cause: "continued flight with an engine known to run rough" },
    Scenario { weights: (4, 8), needs_engine: true, phase: &CRUISE, event: &PARTIAL, next: Some((&EMERGENCY, &OFF_FIELD)), findings: &[&CARBURETOR, &DECISION], old_event: &O_POWER, old_phase: &P_CRUISE, old_next: Some(&O_FORCED), old_finding: (&S_ENGINE, &M_FAILED), outcome: "a partial loss of engine power", cause: "failure to use carburetor heat" },
    Scenario { weights: (3, 9), needs_engine: true, phase: &CRUISE, event: &EXHAUSTION, next: Some((&LANDING, &HIT)), findings: &[&FUEL, &DECISION], old_event: &O_NO_FUEL, old_phase: &P_CRUISE, old_next: Some(&O_FORCED), old_finding: (&S_FUEL, &M_EXHAUSTED), outcome: "a total loss of engine power", cause: "inadequate fuel planning" },
    Scenario { weights: (25, 6), needs_engine: false, phase: &LOW, event: &LOC_FLIGHT, next: Some((&UNCONTROLLED, &HIT)), findings: &[&CONTROL, &SPEED], old_event: &O_LOC_AIR, old_phase: &P_MANEUVER, old_next: Some(&O_TERRAIN), old_finding: (&S_AIRSPEED, &M_NOT_MAINTAINED), outcome: "an aerodynamic stall at low altitude", cause: "failure to maintain adequate airspeed" },
    Scenario { weights: (14, 4), needs_engine: false, phase: &FINAL, event: &STALL, next: Some((&UNCONTROLLED, &HIT)), findings: &[&SPEED, &CONTROL], old_event: &O_LOC_AIR, old_phase: &P_APPROACH, old_next: Some(&O_TERRAIN), old_finding: (&S_AIRSPEED, &M_NOT_MAINTAINED), outcome: "a stall on final approach", cause: "exceedance of the critical angle of attack" },
    Scenario { weights: (12, 2), needs_engine: false, phase: &CRUISE, event: &INTO_IMC, next: Some((&CRUISE, &CFIT)), findings: &[&DECISION, &WIND], old_event: &O_WEATHER, old_phase: &P_CRUISE, old_next: Some(&O_TERRAIN), old_finding: (&S_PLANNING, &M_IMPROPER), outcome: "a collision with rising terrain", cause: "decision to continue visual flight into cloud" },
    Scenario { weights: (10, 2), needs_engine: false, phase: &APPROACH, event: &CFIT, next: None, findings: &[&WATCH, &DECISION], old_event: &O_TERRAIN, old_phase: &P_APPROACH, old_next: None, old_finding: (&S_CLEARANCE, &M_NOT_MAINTAINED), outcome: "controlled flight into terrain", cause: "descent below the safe altitude" },
    Scenario { weights: (9, 5), needs_engine: false, phase: &LOW, event: &LOW_FLYING, next: Some((&LOW, &HIT)), findings: &[&WATCH], old_event: &O_OBJECT, old_phase: &P_MANEUVER, old_next: Some(&O_TERRAIN), old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "an in-flight collision with a wire", cause: "failure to see and avoid a wire" },
    Scenario { weights: (2, 9), needs_engine: false, phase: &TAKEOFF, event: &LOC_GROUND, next: Some((&TAKEOFF, &EXCURSION)), findings: &[&DIRECTION, &CONTROL], old_event: &O_LOC_GROUND, old_phase: &P_TAKEOFF, old_next: Some(&O_GROUND), old_finding: (&S_WIND, &M_INADEQUATE), outcome: "a loss of directional control", cause: "inadequate compensation for the crosswind" },
    Scenario { weights: (1, 6), needs_engine: false, phase: &ROLL, event: &EXCURSION, next: None, findings: &[&DECISION, &SPEED], old_event: &O_OVERRUN, old_phase: &P_ROLL, old_next: None, old_finding: (&S_AIRSPEED, &M_MISJUDGED), outcome: "an overrun", cause: "touchdown too far along the runway" },
    Scenario { weights: (2, 4), needs_engine: false, phase: &FINAL, event: &UNDERSHOOT, next: Some((&LANDING, &HIT)), findings: &[&CONTROL], old_event: &O_UNDERSHOOT, old_phase: &P_APPROACH, old_next: None, old_finding: (&S_CLEARANCE, &M_MISJUDGED), outcome: "a landing short of the runway", cause: "misjudged glidepath" },
    Scenario { weights: (1, 3), needs_engine: false, phase: &CRUISE, event: &TURBULENCE, next: None, findings: &[&ROUGH_AIR], old_event: &O_WEATHER, old_phase: &P_CRUISE, old_next: None, old_finding: (&S_WEATHER, &M_GUSTS), outcome: "injuries in an encounter with turbulence", cause: "flight near convective weather" },
    Scenario { weights: (1, 2), needs_engine: false, phase: &CLIMB, event: &BIRD, next: None, findings: &[&ANIMAL], old_event: &O_OBJECT, old_phase: &P_CLIMB, old_next: None, old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "a collision with a bird", cause: "inability to avoid a bird" },
    Scenario { weights: (0, 4), needs_engine: false, phase: &TAXI, event: &GROUND_HIT, next: None, findings: &[&WATCH], old_event: &O_GROUND, old_phase: &P_TAXI, old_next: None, old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "a collision with a parked vehicle", cause: "inadequate clearance from an obstacle while taxiing" },
    Scenario { weights: (2, 3), needs_engine: false, phase: &GO_AROUND, event: &LOC_FLIGHT, next: Some((&GO_AROUND, &HIT)), findings: &[&CONTROL, &DECISION], old_event: &O_LOC_AIR, old_phase: &P_APPROACH, old_next: Some(&O_TERRAIN), old_finding: (&S_CONTROL, &M_NOT_MAINTAINED), outcome: "a loss of control during a go-around", cause: "late decision to go around" },
    Scenario { weights: (3, 3), needs_engine: false, phase: &HOVER, event: &SYSTEM, next: Some((&HOVER, &HIT)), findings: &[&UNDETERMINED], old_event: &O_SYSTEM, old_phase: &P_MANEUVER, old_next: Some(&O_TERRAIN), old_finding: (&S_CONTROL, &M_NOT_MAINTAINED), outcome: "a loss of control for reasons that could not be determined", cause: "inability to maintain control" },
];

pub fn draw_scenario(is_fatal: bool, model: &Model, rng: &mut Rng) -> &'static Scenario {
    let weight = |s: &Scenario| match (s.needs_engine && model.engines == 0, is_fatal) {
        (true, _) => 0,
        (_, true) => s.weights.0,
        (_, false) => s.weights.1,
    };
    &SCENARIOS[rng.pick_index(SCENARIOS.iter().map(weight))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_ten_digits() {
        for (code, words) in SCENARIOS.iter().flat_map(|s| s.findings) {
            assert!(code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
            assert!(words.len() + 4 <= 255);
        }
    }
}
