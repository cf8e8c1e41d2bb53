//! Words of the JSON and the codes of the Access files for them, where these are certain.
//!
//! The words come from NTSB's code lists. The two forms spell them slightly differently, so only
//! letters and digits are compared.

/// Words and their codes.
pub type Codes = &'static [(&'static str, &'static str)];

/// The result of mapping a word.
pub enum MappedWord {
    Code(&'static str),
    /// A word for "unknown", which becomes null.
    Unknown,
    Unmapped,
}

const UNKNOWN_WORDS: &[&str] = &["unknown", "n/a", "not applicable", "unk", "not reported"];

/// Maps a word to its code. A code is mapped to itself.
pub fn map_word(codes: Codes, word: &str) -> MappedWord {
    let found = codes.iter().find(|(name, code)| is_same(name, word) || *code == word.trim());
    match found {
        Some((_, code)) => MappedWord::Code(code),
        None if UNKNOWN_WORDS.iter().any(|w| is_same(w, word)) => MappedWord::Unknown,
        None => MappedWord::Unmapped,
    }
}

fn is_same(left: &str, right: &str) -> bool {
    let letters = |text: &'_ str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
    };
    letters(left) == letters(right)
}

pub const EVENT_TYPE: Codes = &[("Accident", "ACC"), ("Incident", "INC"), ("Occurrence", "OCC")];

pub const INJURY: Codes =
    &[("Fatal", "FATL"), ("Serious", "SERS"), ("Minor", "MINR"), ("None", "NONE")];

pub const AGENCY: Codes = &[("NTSB", "N"), ("FAA", "F"), ("Foreign", "O"), ("Other", "O")];

pub const WEATHER: Codes = &[
    ("Visual (VMC)", "VMC"),
    ("Instrument (IMC)", "IMC"),
    ("Visual Meteorological Conditions", "VMC"),
    ("Instrument Meteorological Conditions", "IMC"),
];

pub const LIGHT: Codes = &[
    ("Day", "DAYL"),
    ("Dawn", "DAWN"),
    ("Dusk", "DUSK"),
    ("Night", "NITE"),
    ("Night/dark", "NDRK"),
    ("Night/bright", "NBRT"),
];

pub const ON_AIRPORT: Codes = &[("Yes", "ONAP"), ("No", "OFAP")];

pub const DAMAGE: Codes =
    &[("Destroyed", "DEST"), ("Substantial", "SUBS"), ("Minor", "MINR"), ("None", "NONE")];

pub const FIRE: Codes = &[
    ("None", "NONE"),
    ("In-flight", "IFLT"),
    ("On-ground", "GRD"),
    ("Ground", "GRD"),
    ("Both", "BOTH"),
    ("Ground and in-flight", "BOTH"),
    ("Both in-flight and on-ground", "BOTH"),
    ("Unknown origin", "UORG"),
    ("Fire at unknown time", "UNKT"),
    ("Explosion at unknown time", "UNKT"),
];

pub const CATEGORY: Codes = &[
    ("Airplane", "AIR"),
    ("Helicopter", "HELI"),
    ("Glider", "GLI"),
    ("Balloon", "BALL"),
    ("Blimp", "BLIM"),
    ("Gyrocraft", "GYRO"),
    ("Gyroplane", "GYRO"),
    ("Ultralight", "ULTR"),
    ("Powered-lift", "PLFT"),
    ("Powered parachute", "PPAR"),
    ("Weight-shift", "WSFT"),
    ("Rocket", "RCKT"),
];

/// FAR parts are written as the number that is their code.
pub const REGULATION: Codes = &[
    ("091", "091"),
    ("091F", "091F"),
    ("091K", "091K"),
    ("103", "103"),
    ("105", "105"),
    ("107", "107"),
    ("121", "121"),
    ("125", "125"),
    ("129", "129"),
    ("133", "133"),
    ("135", "135"),
    ("137", "137"),
    ("141", "141"),
    ("ARMF", "ARMF"),
    ("Non-U.S., commercial", "NUSC"),
    ("Non-U.S., non-commercial", "NUSN"),
    ("PUBF", "PUBF"),
    ("PUBL", "PUBL"),
    ("PUBS", "PUBS"),
    ("Public use", "PUBU"),
];

pub const PURPOSE: Codes = &[
    ("Aerial application", "AAPL"),
    ("Air drop", "ADRP"),
    ("Aerial observation", "AOBV"),
    ("Air race/show", "ASHO"),
    ("Banner tow", "BANT"),
    ("Business", "BUS"),
    ("Executive/Corporate", "EXEC"),
    ("External load", "EXLD"),
    ("Ferry", "FERY"),
    ("Firefighting", "FIRF"),
    ("Flight test", "FLTS"),
    ("Glider tow", "GLDT"),
    ("Instructional", "INST"),
    ("Other work use", "OWRK"),
    ("Personal", "PERS"),
    ("Positioning", "POSI"),
    ("Public use", "PUBU"),
    ("Public aircraft - federal", "PUBF"),
    ("Public aircraft - local", "PUBL"),
    ("Public aircraft - state", "PUBS"),
    ("Skydiving", "SKYD"),
];

pub const SCHEDULE: Codes = &[("Scheduled", "SCHD"), ("Non-scheduled", "NSCH")];

pub const TERMINAL: Codes = &[("Domestic", "DOM"), ("International", "INT")];

pub const SERVICE: Codes = &[
    ("Cargo", "CARG"),
    ("Mail", "MAIL"),
    ("Passenger/Cargo", "PACA"),
    ("Passenger", "PAX"),
    ("Passenger only", "PAX"),
];

pub const AIR_MEDICAL: Codes =
    &[("Medical emergency", "MEDE"), ("Discretionary", "DISC"), ("Organ transport", "ORGT")];

pub const FLIGHT_PLAN: Codes = &[
    ("None", "NONE"),
    ("VFR", "VFR"),
    ("IFR", "IFR"),
    ("VFR/IFR", "VFIF"),
    ("Company VFR", "CVFR"),
    ("Military VFR", "MVFR"),
    ("Special VFR", "SVFR"),
    ("Defense VFR", "DFR"),
    ("VFR on top", "VTP"),
    ("Visual flight following", "VFF"),
];

pub const INSPECTION: Codes = &[
    ("100 hour", "100H"),
    ("AAIP", "AAIP"),
    ("Annual", "ANNL"),
    ("Continuous airworthiness", "COAW"),
    ("Conditional", "COND"),
    ("Condition", "COND"),
];

pub const ENGINE: Codes = &[
    ("Reciprocating", "REC"),
    ("Turbo fan", "TF"),
    ("Turbo jet", "TJ"),
    ("Turbo prop", "TP"),
    ("Turbo shaft", "TS"),
    ("Geared turbofan", "GTFN"),
    ("Electric", "ELEC"),
    ("None", "NONE"),
];

pub const POWER: Codes = &[
    ("Horsepower", "HP"),
    ("Pounds", "LBS"),
    ("Lbs of thrust", "LBS"),
    ("Pounds of thrust", "LBS"),
];

pub const FUEL_SYSTEM: Codes = &[("Carburetor", "CARB"), ("Fuel injected", "FINJ")];

pub const PROPELLER: Codes =
    &[("Fixed pitch", "FIXP"), ("Controllable pitch", "CONP"), ("Ground adjustable", "GRND")];

pub const CREW: Codes = &[
    ("Pilot", "PLT"),
    ("Co-pilot", "CPLT"),
    ("Flight instructor", "FLTI"),
    ("Student pilot", "DSTU"),
    ("Check pilot", "KPLT"),
    ("Flight engineer", "FENG"),
    ("Cabin crew", "CABN"),
    ("Passenger", "PASS"),
    ("Pilot-rated passenger", "PRPS"),
    ("Other flight crew", "OTHR"),
];

pub const SEX: Codes = &[("Male", "M"), ("Female", "F")];

pub const MEDICAL: Codes = &[
    ("Class 1", "CL1"),
    ("Class 2", "CL2"),
    ("Class 3", "CL3"),
    ("None", "NONE"),
    ("Sport pilot", "SPRT"),
    ("BasicMed", "BASC"),
];

pub const VALIDITY: Codes = &[
    ("With waivers/limitations", "WWL"),
    ("Without waivers/limitations", "WOWL"),
    ("Expired", "EXP"),
    ("None", "NONE"),
    ("Special issuance, time limited", "WTLS"),
];

pub const SEAT: Codes = &[
    ("Left", "LEFT"),
    ("Right", "RGT"),
    ("Center", "CTR"),
    ("Front", "FRT"),
    ("Rear", "REAR"),
    ("Single", "SNGL"),
    ("None", "NONE"),
];

pub const PROFESSION: Codes = &[("Yes", "YES"), ("No", "NO")];

pub const RESTRAINT: Codes =
    &[("None", "N"), ("Lap only", "L"), ("3-point", "3"), ("4-point", "4"), ("5-point", "5")];

pub const FLIGHT_TYPE: Codes = &[
    ("Total", "TOTL"),
    ("PIC", "PIC"),
    ("Instructor", "INST"),
    ("Instruction received", "IRCV"),
    ("24 hours", "L24H"),
    ("30 days", "L30D"),
    ("90 days", "L90D"),
];

pub const FLIGHT_CRAFT: Codes = &[
    ("All AC", "ALL"),
    ("Make and model", "MAKE"),
    ("SE airplane", "SENG"),
    ("ME airplane", "MENG"),
    ("Night", "NGHT"),
    ("Instrument actual", "ACTU"),
    ("Instrument sim", "SIMU"),
    ("Rotor", "ROTO"),
    ("Glider", "GLDR"),
    ("Lighter than air", "LTA"),
];

pub const YES_NO_NA: Codes = &[("Yes", "Y"), ("No", "N"), ("true", "Y"), ("false", "N")];
