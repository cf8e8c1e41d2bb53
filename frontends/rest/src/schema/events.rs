//! Events and their parts.

row_type! {
    /// An event in a list
    EventRow {
        /// NTSB's identifier, 14 characters
        ev_id: String,
        ntsb_no: Option<String>,
        /// ACC (accident) or INC (incident)
        ev_type: Option<String>,
        ev_date: Option<String>,
        ev_year: i64,
        ev_city: Option<String>,
        ev_state: Option<String>,
        ev_country: Option<String>,
        is_domestic: Option<bool>,
        lat: Option<f64>,
        lon: Option<f64>,
        /// FATL, SERS, MINR or NONE
        severity: Option<String>,
        severity_label: Option<String>,
        fatalities: Option<i64>,
        serious: Option<i64>,
        minor: Option<i64>,
        /// VMC or IMC
        wx_cond_basic: Option<String>,
        far_part: Option<String>,
        acft_make: Option<String>,
        acft_model: Option<String>,
        acft_category: Option<String>,
        regis_no: Option<String>,
        phase: Option<String>,
        cause_category: Option<String>,
        report_status: Option<String>,
        is_final: Option<bool>,
    }
}

row_type! {
    /// An event with decoded values
    Event {
        /// NTSB's identifier, 14 characters
        ev_id: String,
        ntsb_no: Option<String>,
        /// ACC (accident) or INC (incident)
        ev_type: Option<String>,
        ev_date: Option<String>,
        ev_year: i64,
        /// Local time, HHMM
        ev_time: Option<i64>,
        ev_tmzn: Option<String>,
        local_time: Option<String>,
        ev_city: Option<String>,
        ev_state: Option<String>,
        state_name: Option<String>,
        ev_country: Option<String>,
        country_name: Option<String>,
        is_domestic: Option<bool>,
        lat: Option<f64>,
        lon: Option<f64>,
        nearest_airport_id: Option<String>,
        nearest_airport_km: Option<f64> = "nearest_airport_km::float8",
        /// FATL, SERS, MINR or NONE
        severity: Option<String>,
        severity_label: Option<String>,
        fatalities: Option<i64>,
        serious: Option<i64>,
        minor: Option<i64>,
        uninjured: Option<i64>,
        /// VMC or IMC
        wx_cond_basic: Option<String>,
        weather: Option<String>,
        light_cond: Option<String>,
        light: Option<String>,
        far_part: Option<String>,
        far_part_meaning: Option<String>,
        type_fly: Option<String>,
        purpose: Option<String>,
        damage: Option<String>,
        damage_meaning: Option<String>,
        acft_make: Option<String>,
        acft_model: Option<String>,
        regis_no: Option<String>,
        acft_category: Option<String>,
        category: Option<String>,
        aircraft_count: Option<i64>,
        engine_count: Option<i64>,
        pilot_age: Option<i64>,
        pilot_total_hours: Option<f64> = "pilot_total_hours::float8",
        pilot_certificate: Option<String>,
        pilot_certificate_meaning: Option<String>,
        phase: Option<String>,
        phase_meaning: Option<String>,
        defining_event: Option<String>,
        defining_event_meaning: Option<String>,
        first_finding: Option<String>,
        first_finding_meaning: Option<String>,
        cause_category: Option<String>,
        probable_cause: Option<String>,
        report_status: Option<String>,
        is_final: Option<bool>,
        ntsb_docket: Option<i64>,
        /// Share of the year's events that NTSB has finished
        year_completeness: Option<f64> = "year_completeness::float8",
        updated_at: Option<String>,
        /// NTSB's safety recommendations that follow from the event, oldest first
        safety_recommendations: Vec<SafetyRecommendation> = "(SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]')
            FROM ntsb_safety_recommendations(ev_id) r)",
    }
}

/// A safety recommendation, as last loaded
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only a description of a nested object")]
pub struct SafetyRecommendation {
    /// Letter of the mode, year and number, such as A-23-001
    pub rec_no: String,
    pub issued_on: Option<String>,
    pub closed_on: Option<String>,
    /// Overall status; null if the addressees' statuses differ and none is stated for the whole
    pub status: Option<String>,
    pub is_open: Option<bool>,
    pub subject: Option<String>,
    pub recommendation: Option<String>,
    pub addressees: Vec<Addressee>,
}

/// To whom a recommendation is addressed, and its status there
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only a description of a nested object")]
pub struct Addressee {
    pub addressee: String,
    pub status: Option<String>,
    pub is_open: Option<bool>,
    pub closed_on: Option<String>,
}

row_type! {
    /// An aircraft of an event
    Aircraft {
        aircraft_key: i64,
        regis_no: Option<String>,
        /// Make in its standard spelling
        acft_make: Option<String> = "acft_make_std",
        /// Model in its standard spelling
        acft_model: Option<String> = "acft_model_std",
        make_as_filed: Option<String> = "acft_make",
        model_as_filed: Option<String> = "acft_model",
        acft_series: Option<String>,
        acft_serial_no: Option<String>,
        acft_year: Option<i64>,
        acft_category: Option<String>,
        category: Option<String> = "ntsb_code_meaning('acft_category', acft_category)",
        homebuilt: Option<String>,
        far_part: Option<String>,
        damage: Option<String>,
        damage_meaning: Option<String> = "ntsb_code_meaning('damage', damage)",
        acft_fire: Option<String>,
        acft_expl: Option<String>,
        num_eng: Option<i64>,
        total_seats: Option<i64>,
        /// Maximum certificated weight in pounds
        cert_max_gr_wt: Option<i64>,
        /// Airframe hours
        afm_hrs: Option<f64>,
        type_fly: Option<String>,
        purpose: Option<String> = "ntsb_code_meaning('type_fly', type_fly)",
        oper_name: Option<String>,
        dprt_apt_id: Option<String>,
        dest_apt_id: Option<String>,
    }
}

row_type! {
    /// A crew member of an event
    CrewMember {
        aircraft_key: i64,
        crew_no: i64,
        crew_category: Option<String>,
        crew_category_meaning: Option<String> = "category",
        crew_age: Option<i64>,
        total_hours: Option<f64>,
        make_hours: Option<f64>,
        /// Hours in the last 90 days
        last_90_days: Option<f64>,
    }
}

row_type! {
    /// A finding of the investigation
    Finding {
        aircraft_key: i64,
        finding_no: i64,
        /// 10 digits
        finding_code: Option<String>,
        finding_description: Option<String>,
        category: Option<String> = "ntsb_cause_category('2008', finding_code)",
        /// C (cause) or F (factor); until 2020
        cause_factor: Option<String>,
        /// T: part of the probable cause; since 2024
        cm_inpc: Option<String>,
    }
}

row_type! {
    /// The narratives about an aircraft of an event
    Narrative {
        aircraft_key: i64,
        /// Preliminary or factual narrative
        narr_accp: Option<String>,
        /// Final narrative
        narr_accf: Option<String>,
        /// Probable cause
        narr_cause: Option<String>,
        /// Narrative of an incident
        narr_inc: Option<String>,
    }
}

row_type! {
    /// A change of an event by a load
    Change {
        changed_at: String,
        batch_id: i64,
        source: Option<String>,
        as_of: Option<String>,
        table_name: String,
        row_key: String,
        /// insert, update, withdraw or return
        action: String,
        column_name: Option<String>,
        old_value: Option<String>,
        new_value: Option<String>,
    }
}

row_type! {
    /// An event whose narratives contain the words
    WordHit {
        ev_id: String,
        ev_date: Option<String>,
        place: Option<String>,
        aircraft: Option<String>,
        severity: Option<String>,
        rank: f64,
        snippet: Option<String>,
    }
}

row_type! {
    /// An event that matches the filter
    Hit {
        ev_id: String,
        ev_date: Option<String>,
        place: Option<String>,
        aircraft: Option<String>,
        severity: Option<String>,
        fatalities: Option<i64>,
    }
}
