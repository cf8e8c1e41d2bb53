//! What happened: a handful of stories, each in the codes of both eras.
//!
//! Since 2008 an occurrence is a phase and an event of three digits each, and a finding has ten
//! digits; before, both have other codes, and findings name a subject, a modifier and a person.

mod codes;

use super::fleet::Model;
use super::rng::Dice;
use codes::*;
pub use codes::{PILOT, UNDETERMINED};

/// A code and its words.
pub type Coded = (&'static str, &'static str);
pub type OldCoded = (i32, &'static str);

pub struct Story {
    /// How common it is in fatal events, and in others.
    pub weights: (u32, u32),
    pub needs_engine: bool,
    pub phase: &'static Coded,
    pub event: &'static Coded,
    /// What follows from it.
    pub then: Option<(&'static Coded, &'static Coded)>,
    pub findings: &'static [&'static Coded],
    pub old_event: &'static OldCoded,
    pub old_phase: &'static OldCoded,
    pub old_then: Option<&'static OldCoded>,
    /// Subject, modifier.
    pub old_finding: (&'static OldCoded, &'static OldCoded),
    /// Completes "resulted in ..." in the probable cause.
    pub outcome: &'static str,
    /// Completes "The pilot's ...".
    pub fault: &'static str,
}

/// The story of two aircraft that met in the air.
pub const COLLISION: &Story = &STORIES[0];

#[rustfmt::skip] // one line a story
pub const STORIES: &[Story] = &[
    Story { weights: (0, 0), needs_engine: false, phase: &CRUISE, event: &MIDAIR, then: Some((&UNCONTROLLED, &HIT)), findings: &[&WATCH], old_event: &O_MIDAIR, old_phase: &P_CRUISE, old_then: Some(&O_TERRAIN), old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "a midair collision", fault: "inadequate visual lookout" },
    Story { weights: (1, 22), needs_engine: false, phase: &ROLL, event: &LOC_GROUND, then: Some((&ROLL, &EXCURSION)), findings: &[&DIRECTION, &CONTROL, &WIND], old_event: &O_LOC_GROUND, old_phase: &P_ROLL, old_then: Some(&O_GROUND), old_finding: (&S_DIRECTION, &M_NOT_MAINTAINED), outcome: "a runway excursion", fault: "failure to maintain directional control" },
    Story { weights: (0, 12), needs_engine: false, phase: &FLARE, event: &HARD, then: None, findings: &[&CONTROL, &ACTION], old_event: &O_HARD, old_phase: &P_FLARE, old_then: None, old_finding: (&S_FLARE, &M_MISJUDGED), outcome: "a hard landing", fault: "improper landing flare" },
    Story { weights: (0, 5), needs_engine: false, phase: &ROLL, event: &NOSE, then: None, findings: &[&CONTROL], old_event: &O_NOSE, old_phase: &P_ROLL, old_then: None, old_finding: (&S_CONTROL, &M_IMPROPER), outcome: "a nose-over", fault: "excessive use of the brakes" },
    Story { weights: (0, 4), needs_engine: true, phase: &LANDING, event: &GEAR, then: None, findings: &[&ACTION, &WATCH], old_event: &O_WHEELS_UP, old_phase: &P_LANDING, old_then: None, old_finding: (&S_GEAR, &M_INADEQUATE), outcome: "a landing with the gear retracted", fault: "failure to extend the landing gear" },
    Story { weights: (0, 4), needs_engine: false, phase: &ROLL, event: &COLLAPSE, then: None, findings: &[&GEAR_SYSTEM], old_event: &O_SYSTEM, old_phase: &P_ROLL, old_then: None, old_finding: (&S_GEAR, &M_FAILED), outcome: "the collapse of a main gear leg", fault: "landing with side load" },
    Story { weights: (10, 15), needs_engine: true, phase: &CLIMB, event: &POWER, then: Some((&EMERGENCY, &OFF_FIELD)), findings: &[&ENGINE], old_event: &O_POWER, old_phase: &P_CLIMB, old_then: Some(&O_FORCED), old_finding: (&S_ENGINE, &M_FAILED), outcome: "a forced landing on unsuitable terrain", fault: "continued flight with an engine known to run rough" },
    Story { weights: (4, 8), needs_engine: true, phase: &CRUISE, event: &PARTIAL, then: Some((&EMERGENCY, &OFF_FIELD)), findings: &[&CARBURETOR, &DECISION], old_event: &O_POWER, old_phase: &P_CRUISE, old_then: Some(&O_FORCED), old_finding: (&S_ENGINE, &M_FAILED), outcome: "a partial loss of engine power", fault: "failure to use carburetor heat" },
    Story { weights: (3, 9), needs_engine: true, phase: &CRUISE, event: &EXHAUSTION, then: Some((&LANDING, &HIT)), findings: &[&FUEL, &DECISION], old_event: &O_NO_FUEL, old_phase: &P_CRUISE, old_then: Some(&O_FORCED), old_finding: (&S_FUEL, &M_EXHAUSTED), outcome: "a total loss of engine power", fault: "inadequate fuel planning" },
    Story { weights: (25, 6), needs_engine: false, phase: &LOW, event: &LOC_FLIGHT, then: Some((&UNCONTROLLED, &HIT)), findings: &[&CONTROL, &SPEED], old_event: &O_LOC_AIR, old_phase: &P_MANEUVER, old_then: Some(&O_TERRAIN), old_finding: (&S_AIRSPEED, &M_NOT_MAINTAINED), outcome: "an aerodynamic stall at low altitude", fault: "failure to maintain adequate airspeed" },
    Story { weights: (14, 4), needs_engine: false, phase: &FINAL, event: &STALL, then: Some((&UNCONTROLLED, &HIT)), findings: &[&SPEED, &CONTROL], old_event: &O_LOC_AIR, old_phase: &P_APPROACH, old_then: Some(&O_TERRAIN), old_finding: (&S_AIRSPEED, &M_NOT_MAINTAINED), outcome: "a stall on final approach", fault: "exceedance of the critical angle of attack" },
    Story { weights: (12, 2), needs_engine: false, phase: &CRUISE, event: &INTO_IMC, then: Some((&CRUISE, &CFIT)), findings: &[&DECISION, &WIND], old_event: &O_WEATHER, old_phase: &P_CRUISE, old_then: Some(&O_TERRAIN), old_finding: (&S_PLANNING, &M_IMPROPER), outcome: "a collision with rising terrain", fault: "decision to continue visual flight into cloud" },
    Story { weights: (10, 2), needs_engine: false, phase: &APPROACH, event: &CFIT, then: None, findings: &[&WATCH, &DECISION], old_event: &O_TERRAIN, old_phase: &P_APPROACH, old_then: None, old_finding: (&S_CLEARANCE, &M_NOT_MAINTAINED), outcome: "controlled flight into terrain", fault: "descent below the safe altitude" },
    Story { weights: (9, 5), needs_engine: false, phase: &LOW, event: &LOW_FLYING, then: Some((&LOW, &HIT)), findings: &[&WATCH], old_event: &O_OBJECT, old_phase: &P_MANEUVER, old_then: Some(&O_TERRAIN), old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "an in-flight collision with a wire", fault: "failure to see and avoid a wire" },
    Story { weights: (2, 9), needs_engine: false, phase: &TAKEOFF, event: &LOC_GROUND, then: Some((&TAKEOFF, &EXCURSION)), findings: &[&DIRECTION, &CONTROL], old_event: &O_LOC_GROUND, old_phase: &P_TAKEOFF, old_then: Some(&O_GROUND), old_finding: (&S_WIND, &M_INADEQUATE), outcome: "a loss of directional control", fault: "inadequate compensation for the crosswind" },
    Story { weights: (1, 6), needs_engine: false, phase: &ROLL, event: &EXCURSION, then: None, findings: &[&DECISION, &SPEED], old_event: &O_OVERRUN, old_phase: &P_ROLL, old_then: None, old_finding: (&S_AIRSPEED, &M_MISJUDGED), outcome: "an overrun", fault: "touchdown too far along the runway" },
    Story { weights: (2, 4), needs_engine: false, phase: &FINAL, event: &UNDERSHOOT, then: Some((&LANDING, &HIT)), findings: &[&CONTROL], old_event: &O_UNDERSHOOT, old_phase: &P_APPROACH, old_then: None, old_finding: (&S_CLEARANCE, &M_MISJUDGED), outcome: "a landing short of the runway", fault: "misjudged glidepath" },
    Story { weights: (1, 3), needs_engine: false, phase: &CRUISE, event: &TURBULENCE, then: None, findings: &[&ROUGH_AIR], old_event: &O_WEATHER, old_phase: &P_CRUISE, old_then: None, old_finding: (&S_WEATHER, &M_GUSTS), outcome: "injuries in an encounter with turbulence", fault: "flight near convective weather" },
    Story { weights: (1, 2), needs_engine: false, phase: &CLIMB, event: &BIRD, then: None, findings: &[&ANIMAL], old_event: &O_OBJECT, old_phase: &P_CLIMB, old_then: None, old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "a collision with a bird", fault: "inability to avoid a bird" },
    Story { weights: (0, 4), needs_engine: false, phase: &TAXI, event: &GROUND_HIT, then: None, findings: &[&WATCH], old_event: &O_GROUND, old_phase: &P_TAXI, old_then: None, old_finding: (&S_LOOKOUT, &M_INADEQUATE), outcome: "a collision with a parked vehicle", fault: "inadequate clearance from an obstacle while taxiing" },
    Story { weights: (2, 3), needs_engine: false, phase: &GO_AROUND, event: &LOC_FLIGHT, then: Some((&GO_AROUND, &HIT)), findings: &[&CONTROL, &DECISION], old_event: &O_LOC_AIR, old_phase: &P_APPROACH, old_then: Some(&O_TERRAIN), old_finding: (&S_CONTROL, &M_NOT_MAINTAINED), outcome: "a loss of control during a go-around", fault: "late decision to go around" },
    Story { weights: (3, 3), needs_engine: false, phase: &HOVER, event: &SYSTEM, then: Some((&HOVER, &HIT)), findings: &[&UNDETERMINED], old_event: &O_SYSTEM, old_phase: &P_MANEUVER, old_then: Some(&O_TERRAIN), old_finding: (&S_CONTROL, &M_NOT_MAINTAINED), outcome: "a loss of control for reasons that could not be determined", fault: "inability to maintain control" },
];

pub fn draw(fatal: bool, model: &Model, dice: &mut Dice) -> &'static Story {
    let weight = |s: &Story| match (s.needs_engine && model.engines == 0, fatal) {
        (true, _) => 0,
        (_, true) => s.weights.0,
        (_, false) => s.weights.1,
    };
    &STORIES[dice.place(STORIES.iter().map(weight))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_ten_digits() {
        for (code, words) in STORIES.iter().flat_map(|s| s.findings) {
            assert!(code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
            assert!(words.len() + 4 <= 255);
        }
    }
}
