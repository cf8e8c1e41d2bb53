//! Words of the answers in [`details`](super::details) and of the weather, with their codes in NTSB's code lists.

use super::meanings::Codes;

pub const WEATHER_SOURCE: Codes = &[
    ("Pilot", "PILO"),
    ("Weather observation facility", "WFAC"),
    ("Observation facility", "WFAC"),
    ("Witness", "WIT"),
];

pub const CLOUDS: Codes = &[
    ("Clear", "CLER"),
    ("Few", "FEW"),
    ("Scattered", "SCAT"),
    ("Thin broken", "BKNT"),
    ("Thin overcast", "OVCT"),
    ("Partial obscuration", "POBS"),
];

pub const CEILING: Codes = &[
    ("None", "NONE"),
    ("Broken", "BKN"),
    ("Overcast", "OVC"),
    ("Obscured", "OBSC"),
    ("Indefinite (VV)", "VV"),
    ("Indefinite", "VV"),
];

pub const REPORT_STATE: Codes = &[("Completed", "B"), ("In work", "P")];

pub const BRIEFING_SOURCE: Codes = &[
    ("Company", "COMP"),
    ("Commercial weather service", "COWX"),
    ("Flight service station", "FSS"),
    ("Military", "MIL"),
    ("Internet", "NET"),
    ("National weather service", "NWS"),
    ("TV/radio weather", "TVRA"),
    ("Automated report", "AUTR"),
    ("No record of briefing", "NORE"),
    ("PATWAS", "PAAS"),
    ("Voice response system", "VRS"),
];

pub const AIRWORTHINESS: Codes = &[
    ("Standard normal", "STN"),
    ("Standard utility", "STU"),
    ("Standard acrobatic", "STA"),
    ("Standard aerobatic", "STA"),
    ("Standard transport", "STT"),
    ("Special experimental", "SPE"),
    ("Special limited", "SPL"),
    ("Special restricted", "SPR"),
    ("Special special flight", "SPS"),
    ("Special provisional", "SPV"),
    ("Special experimental light-sport", "SPX"),
    ("Special light-sport", "LTSP"),
    ("Normal", "STN"),
    ("Utility", "STU"),
    ("Acrobatic", "STA"),
    ("Transport", "STT"),
    ("Experimental (special)", "SPE"),
    ("Limited (special)", "SPL"),
    ("Restricted (special)", "SPR"),
    ("Special flight (special)", "SPS"),
    ("Provisional (special)", "SPV"),
    ("Experimental light-sport", "SPX"),
    ("Light-sport", "LTSP"),
];

pub const OPERATING_CERTIFICATE: Codes = &[
    ("Cargo", "CARG"),
    ("Commuter air carrier", "COAC"),
    ("Flag carrier/domestic", "F121"),
    ("Foreign operation", "F129"),
    ("Fractional ownership", "FOWN"),
    ("Supplemental", "S121"),
    ("On-demand air taxi", "TAXI"),
    ("Large helicopter", "H127"),
];

pub const AIRSPACE: Codes = &[
    ("Airport advisory area", "ADVA"),
    ("Air traffic control", "ATC"),
    ("Class A", "CLA"),
    ("Class B", "CLB"),
    ("Class C", "CLC"),
    ("Class D", "CLD"),
    ("Class E", "CLE"),
    ("Class G", "CLG"),
    ("Demo area", "DEMA"),
    ("Military operation area", "MOA"),
    ("Prohibited area", "PROA"),
    ("FAR 93", "PT93"),
    ("Restricted area", "RESA"),
    ("Student jet training area", "SJTA"),
    ("Special", "SPCL"),
    ("TRSA", "TRS3"),
    ("Warning area", "WARA"),
];

pub const INSTRUMENT_APPROACH: Codes = &[
    ("VOR/TVOR", "VOR"),
    ("ADF/NDB", "ADF"),
    ("ASR", "ASR"),
    ("Circling", "CIRC"),
    ("Contact", "CNTC"),
    ("Global positioning system", "GPS"),
    ("LOC-backcourse", "ILSB"),
    ("ILS-complete", "ILSF"),
    ("LDA", "LDA"),
    ("ILS-localizer only", "LOC"),
    ("LORAN", "LOR"),
    ("MLS", "MLS"),
    ("None", "NONE"),
    ("Other", "OTH"),
    ("PAR", "PAR"),
    ("Practice", "PRAC"),
    ("RNAV", "RNAV"),
    ("SDF", "SDF"),
    ("Sidestep", "SIDE"),
    ("TACAN", "TAC"),
    ("VOR/DME", "VDME"),
    ("Visual", "VIS"),
];

pub const VISUAL_APPROACH: Codes = &[
    ("Forced landing", "FLND"),
    ("Full stop", "FSTP"),
    ("Go around", "GOAR"),
    ("Valley/terrain following", "NOE"),
    ("None", "NONE"),
    ("Precautionary landing", "PLND"),
    ("Simulated forced landing", "SIFL"),
    ("Stop and go", "STGO"),
    ("Straight-in", "STIN"),
    ("Touch and go", "TOGO"),
    ("Traffic pattern", "TPAT"),
];

pub const LANDING_GEAR: Codes = &[
    ("Amphibian", "AMP"),
    ("Emergency float", "EFLT"),
    ("Float", "FLOT"),
    ("High skid", "HISK"),
    ("Hull", "HULL"),
    ("Ski", "SKI"),
    ("Skid", "SKID"),
    ("Ski/wheel", "SKWH"),
    ("Tailwheel", "TAIL"),
    ("Tricycle", "TRI"),
    ("None", "NONE"),
    ("Tandem", "TAND"),
];

pub const RUNWAY_CONDITION: Codes = &[
    ("Dry", "DRY"),
    ("Holes", "HOLE"),
    ("Ice covered", "ICEC"),
    ("Rubber deposits", "RBDP"),
    ("Rough", "ROUG"),
    ("Slush covered", "SLUH"),
    ("Standing water", "SH2O"),
    ("Snow--compacted", "SNCM"),
    ("Snow-crusted", "SNCR"),
    ("Snow--dry", "SNDR"),
    ("Snow", "SNOW"),
    ("Snow--wet", "SNWT"),
    ("Soft", "SOFT"),
    ("Vegetation", "VEGE"),
    ("Water--choppy", "WACH"),
    ("Water--calm", "WACM"),
    ("Water--glassy", "WAGL"),
    ("Wet", "WET"),
];

pub const CERTIFICATE: Codes = &[
    ("Airline transport", "ATP"),
    ("Recreational", "REC"),
    ("Sport pilot", "SPRT"),
    ("Flight instructor", "CFI"),
    ("Commercial", "COMM"),
    ("Flight engineer", "FE"),
    ("Foreign", "FORN"),
    ("Military", "MIL"),
    ("None", "NONE"),
    ("Private", "PRI"),
    ("Student", "STU"),
];

pub const AIRPLANE_RATING: Codes = &[
    ("Multi-engine land", "MEL"),
    ("Multi-engine sea", "MES"),
    ("None", "NONE"),
    ("Single-engine land", "SEL"),
    ("Single-engine sea", "SES"),
];

pub const INSTRUMENT_RATING: Codes =
    &[("Airplane", "APLN"), ("Helicopter", "HELI"), ("Powered-lift", "PLFT"), ("None", "NONE")];

pub const INSTRUCTOR_RATING: Codes = &[
    ("Airplane multi-engine", "AME"),
    ("Airplane single-engine", "ASE"),
    ("Glider", "GLI"),
    ("Gyroplane", "GYRO"),
    ("Helicopter", "HELI"),
    ("Instrument airplane", "IAIR"),
    ("Instrument helicopter", "IHEL"),
    ("None", "NONE"),
    ("Powered-lift", "PLFT"),
    ("Sport pilot", "SPRT"),
];

pub const OTHER_RATING: Codes = &[
    ("Airship", "AIRS"),
    ("Free balloon", "BALL"),
    ("Balloon", "BALL"),
    ("Glider", "GLI"),
    ("Gyroplane", "GYRO"),
    ("Helicopter", "HELI"),
    ("None", "NONE"),
    ("Powered-lift", "PLFT"),
];

pub const CHILD_RESTRAINT: Codes = &[("Lap-held", "CHR"), ("Child restraint", "LAP")];

pub const DESTINATION: Codes =
    &[("Local flight", "LOCL"), ("Local", "LOCL"), ("Same as accident location", "SAME")];
