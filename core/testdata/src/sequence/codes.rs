//! The codes of both eras that the scenarios use, with their meanings.

use super::{Code, OldCode};

pub const TAKEOFF: Code = ("300", "Takeoff");
pub const CLIMB: Code = ("350", "Initial climb");
pub const CRUISE: Code = ("402", "Enroute-cruise");
pub const LOW: Code = ("452", "Maneuvering-low-alt flying");
pub const HOVER: Code = ("453", "Maneuvering-hover");
pub const APPROACH: Code = ("500", "Approach");
pub const FINAL: Code = ("508", "Approach-VFR pattern final");
pub const GO_AROUND: Code = ("509", "Approach-VFR go-around");
pub const FLARE: Code = ("551", "Landing-flare/touchdown");
pub const ROLL: Code = ("552", "Landing-landing roll");
pub const LANDING: Code = ("550", "Landing");
pub const EMERGENCY: Code = ("600", "Emergency descent");
pub const UNCONTROLLED: Code = ("650", "Uncontrolled descent");
pub const TAXI: Code = ("250", "Taxi");

pub const LOC_GROUND: Code = ("230", "Loss of control on ground");
pub const LOC_FLIGHT: Code = ("240", "Loss of control in flight");
pub const STALL: Code = ("241", "Aerodynamic stall/spin");
pub const HARD: Code = ("092", "Hard landing");
pub const GEAR: Code = ("095", "Landing gear not configured");
pub const COLLAPSE: Code = ("094", "Landing gear collapse");
pub const NOSE: Code = ("096", "Nose over/nose down");
pub const POWER: Code = ("341", "Loss of engine power (total)");
pub const PARTIAL: Code = ("342", "Loss of engine power (partial)");
pub const EXHAUSTION: Code = ("192", "Fuel exhaustion");
pub const CFIT: Code = ("120", "Control flight into terr/obj");
pub const HIT: Code = ("470", "Collision with terr/obj (non-CFIT)");
pub const OFF_FIELD: Code = ("440", "Off-field or emergency landing");
pub const INTO_IMC: Code = ("401", "VFR encounter with IMC");
pub const EXCURSION: Code = ("300", "Runway excursion");
pub const LOW_FLYING: Code = ("220", "Low altitude operations");
pub const TURBULENCE: Code = ("360", "Turbulence encounter");
pub const BIRD: Code = ("901", "Birdstrike");
pub const GROUND_HIT: Code = ("200", "Ground collision");
pub const UNDERSHOOT: Code = ("370", "Landing area undershoot");
pub const SYSTEM: Code = ("330", "Sys/Comp malf/fail (non-power)");
pub const MIDAIR: Code = ("250", "Midair collision");

#[rustfmt::skip] // one line per code
mod findings {
    use super::Code;

    pub const CONTROL: Code = ("0206304044", "Personnel issues-Task performance-Use of equip/info-Aircraft control-Pilot");
    pub const DECISION: Code = ("0204152044", "Personnel issues-Action/decision-Info processing/decision-Decision making/judgment-Pilot");
    pub const ACTION: Code = ("0204101544", "Personnel issues-Action/decision-Action-Incorrect action performance-Pilot");
    pub const WATCH: Code = ("0202152044", "Personnel issues-Psychological-Attention/monitoring-Task monitoring/vigilance-Pilot");
    pub const DIRECTION: Code = ("0106202020", "Aircraft-Aircraft oper/perf/capability-Performance/control parameters-Directional control-Not attained/maintained");
    pub const SPEED: Code = ("0106201020", "Aircraft-Aircraft oper/perf/capability-Performance/control parameters-Airspeed-Not attained/maintained");
    pub const FUEL: Code = ("0107101024", "Aircraft-Fluids/misc hardware-Fluids-Fuel-Fluid level");
    pub const ENGINE: Code = ("0105850001", "Aircraft-Aircraft power plant-Engine (reciprocating)-(general)-Failure");
    pub const GEAR_SYSTEM: Code = ("0102323002", "Aircraft-Aircraft systems-Landing gear system-Gear extension and retract sys-Malfunction");
    pub const WIND: Code = ("0303400082", "Environmental issues-Conditions/weather/phenomena-Wind-(general)-Effect on operation");
    pub const ROUGH_AIR: Code = ("0303202083", "Environmental issues-Conditions/weather/phenomena-Turbulence-Convective turbulence-Effect on personnel");
    pub const ANIMAL: Code = ("0302204581", "Environmental issues-Physical environment-Object/animal/substance-Animal(s)/bird(s)-Effect on equipment");
    pub const CARBURETOR: Code = ("0303103082", "Environmental issues-Conditions/weather/phenomena-Temp/humidity/pressure-Conducive to carburetor icing-Effect on operation");
    pub const UNDETERMINED: Code = ("0500000000", "Not determined-Not determined-(general)-(general)-Unknown/Not determined");
}
pub use findings::*;

pub const O_LOC_AIR: OldCode = (250, "Loss of control - in flight");
pub const O_LOC_GROUND: OldCode = (260, "Loss of control - on ground/water");
pub const O_HARD: OldCode = (200, "Hard landing");
pub const O_OBJECT: OldCode = (220, "In flight collision with object");
pub const O_TERRAIN: OldCode = (230, "In flight collision with terrain/water");
pub const O_WEATHER: OldCode = (240, "In flight encounter with weather");
pub const O_MIDAIR: OldCode = (270, "Midair collision");
pub const O_NOSE: OldCode = (300, "Nose over");
pub const O_GROUND: OldCode = (310, "On ground/water collision with object");
pub const O_OVERRUN: OldCode = (340, "Overrun");
pub const O_POWER: OldCode = (350, "Loss of engine power");
pub const O_NO_FUEL: OldCode = (353, "Loss of engine power (total) - nonmechanical");
pub const O_FORCED: OldCode = (180, "Forced landing");
pub const O_WHEELS_UP: OldCode = (232, "Wheels up landing");
pub const O_SYSTEM: OldCode = (130, "Airframe/component/system failure/malfunction");
pub const O_UNDERSHOOT: OldCode = (390, "Undershoot");

pub const P_TAXI: OldCode = (510, "Taxi");
pub const P_TAKEOFF: OldCode = (520, "Takeoff");
pub const P_CLIMB: OldCode = (522, "Takeoff - initial climb");
pub const P_CRUISE: OldCode = (540, "Cruise");
pub const P_APPROACH: OldCode = (560, "Approach");
pub const P_LANDING: OldCode = (570, "Landing");
pub const P_FLARE: OldCode = (571, "Landing - flare/touchdown");
pub const P_ROLL: OldCode = (572, "Landing - roll");
pub const P_MANEUVER: OldCode = (580, "Maneuvering");

pub const S_DIRECTION: OldCode = (24539, "Directional control");
pub const S_AIRSPEED: OldCode = (24506, "Airspeed");
pub const S_CONTROL: OldCode = (24566, "Aircraft control");
pub const S_FLARE: OldCode = (24535, "Flare");
pub const S_FUEL: OldCode = (22204, "Fuel supply");
pub const S_LOOKOUT: OldCode = (24021, "Visual lookout");
pub const S_PLANNING: OldCode = (24010, "In-flight planning/decision");
pub const S_CLEARANCE: OldCode = (24577, "Altitude/clearance");
pub const S_GEAR: OldCode = (22002, "Landing gear extension");
pub const S_ENGINE: OldCode = (14000, "Engine assembly");
pub const S_WEATHER: OldCode = (20000, "Weather condition");
pub const S_WIND: OldCode = (24026, "Compensation for wind conditions");
pub const M_NOT_MAINTAINED: OldCode = (3127, "Not maintained");
pub const M_INADEQUATE: OldCode = (3115, "Inadequate");
pub const M_IMPROPER: OldCode = (3109, "Improper");
pub const M_MISJUDGED: OldCode = (3120, "Misjudged");
pub const M_EXHAUSTED: OldCode = (1131, "Exhaustion");
pub const M_FAILED: OldCode = (1135, "Failure, total");
pub const M_GUSTS: OldCode = (2207, "Gusts");

pub const PILOT: OldCode = (4000, "Pilot-in-command");
