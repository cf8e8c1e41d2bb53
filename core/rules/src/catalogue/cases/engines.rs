use super::Case;

#[rustfmt::skip] // one case per line
pub const CASES: &[Case] = &[
    ("engines.number_low", "engines", "eng_no=1", "eng_no=0"),
    ("engines.number_high", "engines", "eng_no=8", "eng_no=9"),
    ("engines.hours_negative", "engines", "eng_time_total=5", "eng_time_total=-5"),
    ("engines.hours_high", "engines", "eng_time_total=90752", "eng_time_total=999999"),
    ("engines.hours_since_overhaul", "engines", "eng_time_total=900; eng_time_overhaul=900", "eng_time_total=900; eng_time_overhaul=950"),
    ("engines.hours_since_inspection", "engines", "eng_time_total=900; eng_time_last_insp=50", "eng_time_total=900; eng_time_last_insp=950"),
    ("engines.power_negative", "engines", "power_units=180", "power_units=-180"),
    ("engines.horsepower_high", "engines", "power_units=6000; hp_or_lbs=HP", "power_units=45000; hp_or_lbs=HP"),
    ("engines.piston_power_high", "engines", "power_units=3700; eng_type=REC", "power_units=18000; eng_type=REC"),
    ("engines.thrust_high", "engines", "power_units=115540; hp_or_lbs=LBS", "power_units=427000; hp_or_lbs=LBS"),
    ("engines.jet_with_carburetor", "engines", "eng_type=REC; carb_fuel_injection=CARB", "eng_type=TF; carb_fuel_injection=CARB"),
    ("engines.sparse", "engines", "eng_type=REC; eng_mfgr=LYCOMING; eng_model=O-320; power_units=160", "eng_mfgr=LYCOMING"),
];
