//! Code lists and the columns that use them.

pub struct List {
    pub name: &'static str,
    pub columns: &'static [(&'static str, &'static str)],
    pub codes: &'static [(&'static str, &'static str)],
}

const fn list(
    name: &'static str,
    columns: &'static [(&'static str, &'static str)],
    codes: &'static [(&'static str, &'static str)],
) -> List {
    List { name, columns, codes }
}

/// Last two digits of a finding.
pub const MODIFIERS: &[(&str, &str)] = &[
    ("00", "Not determined"),
    ("01", "Failed"),
    ("02", "Malfunctioned"),
    ("20", "Not attained"),
    ("24", "Level of a fluid"),
    ("44", "Pilot"),
    ("81", "Effect on equipment"),
    ("82", "Effect on operation"),
    ("83", "Effect on people"),
];

const INJURY: &[(&str, &str)] = &[
    ("FATL", "Killed"),
    ("SERS", "Seriously hurt"),
    ("MINR", "Slightly hurt"),
    ("NONE", "Unhurt"),
    ("UNK", "Not known"),
];
const YES_NO: &[(&str, &str)] = &[("Y", "Yes"), ("N", "No"), ("U", "Not known")];
const FIRE: &[(&str, &str)] = &[
    ("NONE", "None"),
    ("GRD", "On the ground"),
    ("IFLT", "In flight"),
    ("BOTH", "Both"),
    ("UNK", "Not known"),
];
#[rustfmt::skip]
const ZONES: &[(&str, &str)] = &[
    ("UTC", "Coordinated universal time"), ("AST", "Atlantic"), ("EST", "Eastern"),
    ("EDT", "Eastern, summer"), ("CST", "Central"), ("CDT", "Central, summer"),
    ("MST", "Mountain"), ("MDT", "Mountain, summer"), ("PST", "Pacific"),
    ("PDT", "Pacific, summer"), ("YST", "Alaska"), ("YDT", "Alaska, summer"), ("HST", "Hawaii"),
];
const RESTRAINT: &[(&str, &str)] = &[
    ("4", "Four points"),
    ("3", "Three points"),
    ("5", "Five points"),
    ("L", "Lap"),
    ("N", "None"),
    ("U", "Not known"),
];

#[rustfmt::skip] // a list stays together
pub const LISTS: &[List] = &[
    list("ct_ev_type", &[("events", "ev_type")], &[("ACC", "Accident"), ("INC", "Incident"), ("OCC", "Occurrence")]),
    list("ct_dow", &[("events", "ev_dow")], &[("SU", "Sunday"), ("MO", "Monday"), ("TU", "Tuesday"), ("WE", "Wednesday"), ("TH", "Thursday"), ("FR", "Friday"), ("SA", "Saturday")]),
    list("ct_timezone", &[("events", "ev_tmzn"), ("events", "wx_obs_tmzn"), ("aircraft", "dprt_timezn")], ZONES),
    list("ct_latlong_acq", &[("events", "latlong_acq")], &[("MEAS", "Measured"), ("EST", "Estimated")]),
    list("ct_apt_loc", &[("events", "ev_nr_apt_loc")], &[("ONAP", "On the airport"), ("OFAP", "Off the airport")]),
    list("ct_wx_src", &[("events", "wx_src_iic")], &[("WFAC", "Weather station"), ("PILO", "Pilot"), ("WIT", "Witness")]),
    list("ct_light_cond", &[("events", "light_cond")], &[("DAWN", "Dawn"), ("DAYL", "Day"), ("DUSK", "Dusk"), ("NITE", "Night"), ("NDRK", "Dark night"), ("NBRT", "Bright night")]),
    list("ct_sky_nonceil", &[("events", "sky_cond_nonceil")], &[("CLER", "Clear"), ("FEW", "Few"), ("SCAT", "Scattered")]),
    list("ct_sky_ceil", &[("events", "sky_cond_ceil")], &[("NONE", "No ceiling"), ("BKN", "Broken"), ("OVC", "Overcast")]),
    list("ct_wind_dir_ind", &[("events", "wind_dir_ind")], &[("Y", "A direction is known"), ("V", "Variable"), ("U", "Not known")]),
    list("ct_wind_vel_ind", &[("events", "wind_vel_ind")], &[("CALM", "Calm"), ("LVAR", "Light and variable"), ("SPEC", "A speed is given"), ("T", "Calm"), ("F", "Not calm")]),
    list("ct_gust_ind", &[("events", "gust_ind")], &[("Y", "Gusts"), ("N", "No gusts"), ("U", "Not known"), ("T", "Gusts"), ("F", "No gusts")]),
    list("ct_precip", &[("events", "wx_int_precip")], &[("LGT", "Light"), ("MOD", "Moderate"), ("HVY", "Heavy")]),
    list("ct_injury", &[("events", "ev_highest_injury"), ("Flight_Crew", "crew_inj_level")], INJURY),
    list("ct_injury_level", &[("injury", "injury_level")], &[("FATL", "Killed"), ("SERS", "Seriously hurt"), ("MINR", "Slightly hurt"), ("NONE", "Unhurt"), ("TOTL", "All levels together")]),
    list("ct_person_category", &[("injury", "inj_person_category")], &[("PLT", "Pilot"), ("CPLT", "Second pilot"), ("FLTI", "Instructor"), ("DSTU", "Student"), ("KPLT", "Check pilot"), ("FENG", "Flight engineer"), ("CABN", "Cabin crew"), ("PAX", "Passengers"), ("ABRD", "Everyone aboard")]),
    list("ct_invest_agy", &[("events", "invest_agy")], &[("N", "NTSB"), ("O", "Another country")]),
    list("ct_wx_cond_basic", &[("events", "wx_cond_basic")], &[("VMC", "Visual"), ("IMC", "Instrument"), ("UNK", "Not known")]),
    list("ct_yes_no", &[("events", "mid_air"), ("events", "on_ground_collision"), ("aircraft", "acft_missing"), ("aircraft", "flight_plan_activated"), ("aircraft", "homebuilt"), ("aircraft", "elt_install"), ("aircraft", "elt_oper"), ("aircraft", "elt_aided_loc_ev"), ("aircraft", "oper_individual_name"), ("aircraft", "oper_same"), ("aircraft", "certs_held"), ("aircraft", "second_pilot"), ("aircraft", "dprt_pt_same_ev"), ("aircraft", "evacuation"), ("aircraft", "site_seeing"), ("aircraft", "air_medical"), ("Flight_Crew", "crew_tox_perf"), ("Flight_Crew", "seatbelts_used"), ("Flight_Crew", "shldr_harn_used"), ("Flight_Crew", "bfr")], YES_NO),
    list("ct_far_part", &[("aircraft", "far_part")], &[("091", "General aviation"), ("091K", "Fractional ownership"), ("121", "Air carrier"), ("129", "Foreign carrier"), ("133", "External load"), ("135", "Air taxi and commuter"), ("137", "Agricultural"), ("NUSC", "Foreign, commercial"), ("NUSN", "Foreign, not commercial"), ("PUBU", "Public use")]),
    list("ct_flt_plan", &[("aircraft", "flt_plan_filed")], &[("NONE", "None"), ("VFR", "Visual"), ("IFR", "Instrument"), ("CVFR", "Company, visual")]),
    list("ct_damage", &[("aircraft", "damage")], &[("DEST", "Destroyed"), ("SUBS", "Substantial"), ("MINR", "Minor"), ("NONE", "None"), ("UNK", "Not known")]),
    list("ct_fire", &[("aircraft", "acft_fire"), ("aircraft", "acft_expl")], FIRE),
    list("ct_acft_cat", &[("aircraft", "acft_category")], &[("AIR", "Airplane"), ("HELI", "Helicopter"), ("GLI", "Glider"), ("BALL", "Balloon"), ("GYRO", "Gyroplane"), ("WSFT", "Weight-shift")]),
    list("ct_gear", &[("aircraft", "fixed_retractable")], &[("FIXD", "Fixed"), ("RETR", "Retractable")]),
    list("ct_inspection", &[("aircraft", "type_last_insp")], &[("ANNL", "Annual"), ("100H", "After 100 hours"), ("AAIP", "Approved program"), ("COAW", "Continuous"), ("COND", "Condition")]),
    list("ct_elt_type", &[("aircraft", "elt_type")], &[("C91", "TSO C91"), ("C91A", "TSO C91a"), ("C126", "TSO C126")]),
    list("ct_oper_cert", &[("aircraft", "oper_cert")], &[("AGR", "Agricultural"), ("EXTL", "External load")]),
    list("ct_oper_sched", &[("aircraft", "oper_sched")], &[("SCHD", "Scheduled"), ("NSCH", "Not scheduled")]),
    list("ct_oper_dom_int", &[("aircraft", "oper_dom_int")], &[("DOM", "Domestic"), ("INT", "International")]),
    list("ct_oper_load", &[("aircraft", "oper_pax_cargo")], &[("PAX", "Passengers"), ("CARG", "Cargo")]),
    list("ct_type_fly", &[("aircraft", "type_fly")], &[("PERS", "Personal"), ("INST", "Instruction"), ("BUS", "Business"), ("POSI", "Positioning"), ("OWRK", "Other work"), ("AOBV", "Observation"), ("FLTS", "Test"), ("ASHO", "Show or race"), ("BANT", "Banner tow"), ("FERY", "Ferry"), ("EXEC", "Corporate"), ("AAPL", "Aerial application"), ("EXLD", "External load"), ("PUBU", "Public use"), ("FIRF", "Fire fighting")]),
    list("ct_dest", &[("aircraft", "dest_same_local")], &[("LOCL", "Back at the departure"), ("SAME", "Place of the event")]),
    list("ct_afm_since", &[("aircraft", "afm_hrs_since")], &[("ACCI", "At the accident"), ("INSP", "At the last inspection"), ("N", "Not known"), ("Y", "Known")]),
    list("ct_eng_type", &[("engines", "eng_type")], &[("REC", "Piston"), ("TP", "Turboprop"), ("TS", "Turboshaft"), ("TF", "Turbofan")]),
    list("ct_power_unit", &[("engines", "hp_or_lbs")], &[("HP", "Horsepower"), ("LBS", "Pounds of thrust")]),
    list("ct_fuel_system", &[("engines", "carb_fuel_injection")], &[("CARB", "Carburetor"), ("FINJ", "Injection")]),
    list("ct_propeller", &[("engines", "propeller_type")], &[("FIXP", "Fixed pitch"), ("CONP", "Controllable pitch")]),
    list("ct_crew_category", &[("Flight_Crew", "crew_category")], &[("PLT", "Pilot"), ("CPLT", "Second pilot"), ("FLTI", "Instructor"), ("DSTU", "Student"), ("KPLT", "Check pilot"), ("FENG", "Flight engineer"), ("PASS", "Passenger")]),
    list("ct_sex", &[("Flight_Crew", "crew_sex")], &[("M", "Male"), ("F", "Female")]),
    list("ct_medical", &[("Flight_Crew", "med_certf")], &[("CL1", "First class"), ("CL2", "Second class"), ("CL3", "Third class"), ("SPRT", "Sport pilot"), ("NONE", "None")]),
    list("ct_med_valid", &[("Flight_Crew", "med_crtf_vldty")], &[("WWL", "With limitations"), ("WOWL", "Without limitations"), ("NONE", "None")]),
    list("ct_seat", &[("Flight_Crew", "seat_occ_pic")], &[("LEFT", "Left"), ("RGT", "Right")]),
    list("ct_profession", &[("Flight_Crew", "pc_profession")], &[("YES", "Flies for a living"), ("NO", "Does not"), ("PCIV", "Pilot"), ("BUS", "Business")]),
    list("ct_restraint", &[("Flight_Crew", "available_restraint"), ("Flight_Crew", "restraint_used")], RESTRAINT),
    list("ct_flight_type", &[("flight_time", "flight_type")], &[("TOTL", "In all"), ("PIC", "In command"), ("L90D", "Last 90 days"), ("L30D", "Last 30 days"), ("L24H", "Last 24 hours")]),
    list("ct_flight_craft", &[("flight_time", "flight_craft")], &[("ALL", "All"), ("MAKE", "This make and model"), ("NGHT", "Night"), ("ACTU", "Actual instrument"), ("SIMU", "Simulated instrument"), ("SENG", "One engine"), ("MENG", "Several engines")]),
    list("ct_cause", &[("Findings", "Cause_Factor"), ("seq_of_events", "Cause_Factor")], &[("C", "Cause"), ("F", "Factor")]),
    list("ct_pc", &[("Findings", "cm_inPc")], &[("T", "In the probable cause"), ("F", "Not in it")]),
    list("ct_category_no", &[("Findings", "category_no")], &[("01", "Aircraft"), ("02", "Personnel"), ("03", "Environment"), ("05", "Not determined")]),
    list("ct_rec_stat", &[("NTSB_Admin", "rec_stat")], &[("P", "Preliminary"), ("B", "Complete"), ("F", "Facts only")]),
    list("ct_brief_src", &[("dt_events", "wx_brief_src")], &[("FSS", "Flight service"), ("NET", "Internet"), ("COMP", "Company"), ("NORE", "No record")]),
    list("ct_brief", &[("dt_events", "wx_brief")], &[("TELE", "Telephone"), ("INPE", "In person"), ("ARDO", "Radio")]),
    list("ct_vis_restrict", &[("dt_events", "vis_restrct")], &[("NONE", "None"), ("F", "Fog"), ("H", "Haze"), ("BS", "Blowing snow")]),
    list("ct_wx_cond", &[("dt_events", "wx_cond")], &[("CEIL", "Low ceiling"), ("R", "Rain"), ("S", "Snow"), ("FZTP", "Freezing")]),
    list("ct_prop_dmg", &[("dt_events", "prop_dmg")], &[("NONE", "None"), ("FENC", "Fence"), ("TREE", "Trees"), ("CROP", "Crops"), ("WRPL", "Wires or poles")]),
    list("ct_cictt", &[("dt_events", "cictt")], &[("MAC", "Midair collision")]),
    list("ct_acft_awy_cert", &[("dt_aircraft", "acft_awy_cert")], &[("STN", "Normal"), ("STT", "Transport"), ("SPE", "Experimental")]),
    list("ct_airspace", &[("dt_aircraft", "airspc_type")], &[("CLB", "Class B"), ("CLD", "Class D"), ("CLE", "Class E"), ("CLG", "Class G")]),
    list("ct_landing_gear", &[("dt_aircraft", "landing_gear")], &[("TRI", "Tricycle"), ("TAIL", "Tailwheel"), ("FLOT", "Floats"), ("SKID", "Skids")]),
    list("ct_load", &[("dt_aircraft", "load_desc")], &[("NONE", "None"), ("PAX", "Passengers")]),
    list("ct_rwy_cond", &[("dt_aircraft", "rwy_cond")], &[("DRY", "Dry"), ("WET", "Wet"), ("ROUG", "Rough")]),
    list("ct_clearance", &[("dt_aircraft", "type_clear")], &[("NONE", "None"), ("VFR", "Visual"), ("IFR", "Instrument"), ("TRAD", "Traffic advisories")]),
    list("ct_vfr_appr", &[("dt_aircraft", "vfr_appr")], &[("NONE", "None"), ("TPAT", "Traffic pattern"), ("FSTP", "Full stop"), ("STIN", "Straight in"), ("TOGO", "Touch and go")]),
    list("ct_instm_appr", &[("dt_aircraft", "instm_appr")], &[("NONE", "None"), ("ILSF", "Full ILS")]),
    list("ct_aircar_cert", &[("dt_aircraft", "aircar_cert")], &[("F121", "Flag carrier")]),
    list("ct_cert_code", &[("dt_flight_crew", "crew_cert_code")], &[("STU", "Student"), ("PRI", "Private"), ("COMM", "Commercial"), ("ATP", "Airline"), ("SPRT", "Sport"), ("FE", "Flight engineer"), ("CFI", "Instructor")]),
    list("ct_rat_airplane", &[("dt_flight_crew", "crew_rat_airpln")], &[("NONE", "None"), ("SEL", "One engine, land"), ("MEL", "Several engines, land")]),
    list("ct_rat_instrument", &[("dt_flight_crew", "crew_rat_instrum")], &[("APLN", "Airplane"), ("HELI", "Helicopter")]),
    list("ct_rat_instructor", &[("dt_flight_crew", "crew_rat_instruct")], &[("NONE", "None"), ("ASE", "Airplane, one engine")]),
    list("ct_rat_rotor", &[("dt_flight_crew", "crew_rat_roto")], &[("NONE", "None"), ("HELI", "Helicopter")]),
];
