//! Codes of both eras with their words, as far as the stories need them.

use super::{Coded, OldCoded};

pub const TAKEOFF: Coded = ("300", "Takeoff");
pub const CLIMB: Coded = ("350", "Initial climb");
pub const CRUISE: Coded = ("402", "Enroute-cruise");
pub const LOW: Coded = ("452", "Maneuvering-low-alt flying");
pub const HOVER: Coded = ("453", "Maneuvering-hover");
pub const APPROACH: Coded = ("500", "Approach");
pub const FINAL: Coded = ("508", "Approach-VFR pattern final");
pub const GO_AROUND: Coded = ("509", "Approach-VFR go-around");
pub const FLARE: Coded = ("551", "Landing-flare/touchdown");
pub const ROLL: Coded = ("552", "Landing-landing roll");
pub const LANDING: Coded = ("550", "Landing");
pub const EMERGENCY: Coded = ("600", "Emergency descent");
pub const UNCONTROLLED: Coded = ("650", "Uncontrolled descent");
pub const TAXI: Coded = ("250", "Taxi");

pub const LOC_GROUND: Coded = ("230", "Loss of control on ground");
pub const LOC_FLIGHT: Coded = ("240", "Loss of control in flight");
pub const STALL: Coded = ("241", "Aerodynamic stall/spin");
pub const HARD: Coded = ("092", "Hard landing");
pub const GEAR: Coded = ("095", "Landing gear not configured");
pub const COLLAPSE: Coded = ("094", "Landing gear collapse");
pub const NOSE: Coded = ("096", "Nose over/nose down");
pub const POWER: Coded = ("341", "Loss of engine power (total)");
pub const PARTIAL: Coded = ("342", "Loss of engine power (partial)");
pub const EXHAUSTION: Coded = ("192", "Fuel exhaustion");
pub const CFIT: Coded = ("120", "Control flight into terr/obj");
pub const HIT: Coded = ("470", "Collision with terr/obj (non-CFIT)");
pub const OFF_FIELD: Coded = ("440", "Off-field or emergency landing");
pub const INTO_IMC: Coded = ("401", "VFR encounter with IMC");
pub const EXCURSION: Coded = ("300", "Runway excursion");
pub const LOW_FLYING: Coded = ("220", "Low altitude operations");
pub const TURBULENCE: Coded = ("360", "Turbulence encounter");
pub const BIRD: Coded = ("901", "Birdstrike");
pub const GROUND_HIT: Coded = ("200", "Ground collision");
pub const UNDERSHOOT: Coded = ("370", "Landing area undershoot");
pub const SYSTEM: Coded = ("330", "Sys/Comp malf/fail (non-power)");
pub const MIDAIR: Coded = ("250", "Midair collision");

#[rustfmt::skip] // one line a code
mod findings {
    use super::Coded;

    pub const CONTROL: Coded = ("0206304044", "Personnel issues-Task performance-Use of equip/info-Aircraft control-Pilot");
    pub const DECISION: Coded = ("0204152044", "Personnel issues-Action/decision-Info processing/decision-Decision making/judgment-Pilot");
    pub const ACTION: Coded = ("0204101544", "Personnel issues-Action/decision-Action-Incorrect action performance-Pilot");
    pub const WATCH: Coded = ("0202152044", "Personnel issues-Psychological-Attention/monitoring-Task monitoring/vigilance-Pilot");
    pub const DIRECTION: Coded = ("0106202020", "Aircraft-Aircraft oper/perf/capability-Performance/control parameters-Directional control-Not attained/maintained");
    pub const SPEED: Coded = ("0106201020", "Aircraft-Aircraft oper/perf/capability-Performance/control parameters-Airspeed-Not attained/maintained");
    pub const FUEL: Coded = ("0107101024", "Aircraft-Fluids/misc hardware-Fluids-Fuel-Fluid level");
    pub const ENGINE: Coded = ("0105850001", "Aircraft-Aircraft power plant-Engine (reciprocating)-(general)-Failure");
    pub const GEAR_SYSTEM: Coded = ("0102323002", "Aircraft-Aircraft systems-Landing gear system-Gear extension and retract sys-Malfunction");
    pub const WIND: Coded = ("0303400082", "Environmental issues-Conditions/weather/phenomena-Wind-(general)-Effect on operation");
    pub const ROUGH_AIR: Coded = ("0303202083", "Environmental issues-Conditions/weather/phenomena-Turbulence-Convective turbulence-Effect on personnel");
    pub const ANIMAL: Coded = ("0302204581", "Environmental issues-Physical environment-Object/animal/substance-Animal(s)/bird(s)-Effect on equipment");
    pub const CARBURETOR: Coded = ("0303103082", "Environmental issues-Conditions/weather/phenomena-Temp/humidity/pressure-Conducive to carburetor icing-Effect on operation");
    pub const UNDETERMINED: Coded = ("0500000000", "Not determined-Not determined-(general)-(general)-Unknown/Not determined");
}
pub use findings::*;

pub const O_LOC_AIR: OldCoded = (250, "Loss of control - in flight");
pub const O_LOC_GROUND: OldCoded = (260, "Loss of control - on ground/water");
pub const O_HARD: OldCoded = (200, "Hard landing");
pub const O_OBJECT: OldCoded = (220, "In flight collision with object");
pub const O_TERRAIN: OldCoded = (230, "In flight collision with terrain/water");
pub const O_WEATHER: OldCoded = (240, "In flight encounter with weather");
pub const O_MIDAIR: OldCoded = (270, "Midair collision");
pub const O_NOSE: OldCoded = (300, "Nose over");
pub const O_GROUND: OldCoded = (310, "On ground/water collision with object");
pub const O_OVERRUN: OldCoded = (340, "Overrun");
pub const O_POWER: OldCoded = (350, "Loss of engine power");
pub const O_NO_FUEL: OldCoded = (353, "Loss of engine power (total) - nonmechanical");
pub const O_FORCED: OldCoded = (180, "Forced landing");
pub const O_WHEELS_UP: OldCoded = (232, "Wheels up landing");
pub const O_SYSTEM: OldCoded = (130, "Airframe/component/system failure/malfunction");
pub const O_UNDERSHOOT: OldCoded = (390, "Undershoot");

pub const P_TAXI: OldCoded = (510, "Taxi");
pub const P_TAKEOFF: OldCoded = (520, "Takeoff");
pub const P_CLIMB: OldCoded = (522, "Takeoff - initial climb");
pub const P_CRUISE: OldCoded = (540, "Cruise");
pub const P_APPROACH: OldCoded = (560, "Approach");
pub const P_LANDING: OldCoded = (570, "Landing");
pub const P_FLARE: OldCoded = (571, "Landing - flare/touchdown");
pub const P_ROLL: OldCoded = (572, "Landing - roll");
pub const P_MANEUVER: OldCoded = (580, "Maneuvering");

pub const S_DIRECTION: OldCoded = (24539, "Directional control");
pub const S_AIRSPEED: OldCoded = (24506, "Airspeed");
pub const S_CONTROL: OldCoded = (24566, "Aircraft control");
pub const S_FLARE: OldCoded = (24535, "Flare");
pub const S_FUEL: OldCoded = (22204, "Fuel supply");
pub const S_LOOKOUT: OldCoded = (24021, "Visual lookout");
pub const S_PLANNING: OldCoded = (24010, "In-flight planning/decision");
pub const S_CLEARANCE: OldCoded = (24577, "Altitude/clearance");
pub const S_GEAR: OldCoded = (22002, "Landing gear extension");
pub const S_ENGINE: OldCoded = (14000, "Engine assembly");
pub const S_WEATHER: OldCoded = (20000, "Weather condition");
pub const S_WIND: OldCoded = (24026, "Compensation for wind conditions");
pub const M_NOT_MAINTAINED: OldCoded = (3127, "Not maintained");
pub const M_INADEQUATE: OldCoded = (3115, "Inadequate");
pub const M_IMPROPER: OldCoded = (3109, "Improper");
pub const M_MISJUDGED: OldCoded = (3120, "Misjudged");
pub const M_EXHAUSTED: OldCoded = (1131, "Exhaustion");
pub const M_FAILED: OldCoded = (1135, "Failure, total");
pub const M_GUSTS: OldCoded = (2207, "Gusts");

pub const PILOT: OldCoded = (4000, "Pilot-in-command");
