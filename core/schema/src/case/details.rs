//! Converts answers of which an event, aircraft or crew member may have several: certificates, ratings,
//! approaches, landing gear.

use super::answer_codes::*;
use super::field::{list, text};
use super::meanings::{Codes, MappedWord, map_word};
use super::{Case, Cell, ConversionNotes, EmitRow};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A question with the lists, or single members, that answer it.
pub(super) struct Question {
    pub name: &'static str,
    /// Pointers to a list of words, to a word, or to a list of objects and then a member of each.
    pub answers: &'static [Answers],
    pub codes: Codes,
}

/// Where answers are.
pub(super) enum Answers {
    /// A word, or a list of words.
    At(&'static str),
    /// A member of each object in a list. With several members, their words are joined by a blank.
    Each(&'static str, &'static [&'static str]),
}

use Answers::{At, Each};

#[rustfmt::skip] // one question per line
pub(super) const EVENT_QUESTIONS: &[Question] = &[
    Question { name: "wx_brief_src", answers: &[At("/weatherConditions/0/pilotWeatherSource")], codes: BRIEFING_SOURCE },
];

#[rustfmt::skip] // one question per line
pub(super) const AIRCRAFT_QUESTIONS: &[Question] = &[
    Question { name: "acft_awy_cert", answers: &[Each("/airworthinessCertificates", &["/airworthinessCertificateType", "/airworthinessCertificate"])], codes: AIRWORTHINESS },
    Question { name: "aircar_cert", answers: &[At("/operatingCertificates")], codes: OPERATING_CERTIFICATE },
    Question { name: "airspc_type", answers: &[At("/airspaces"), Each("/airspaces", &["/airspace"])], codes: AIRSPACE },
    Question { name: "instm_appr", answers: &[Each("/approaches", &["/ifrapproach"])], codes: INSTRUMENT_APPROACH },
    Question { name: "landing_gear", answers: &[At("/aircraftLandingGearFormation"), At("/landingGear"), Each("/landingGear", &["/landingGear"])], codes: LANDING_GEAR },
    Question { name: "rwy_cond", answers: &[Each("/airports", &["/airportLandingSurfaceCondition"])], codes: RUNWAY_CONDITION },
    Question { name: "vfr_appr", answers: &[Each("/approaches", &["/vfrapproachLanding"])], codes: VISUAL_APPROACH },
];

#[rustfmt::skip] // one question per line
pub(super) const CREW_QUESTIONS: &[Question] = &[
    Question { name: "crew_cert_code", answers: &[At("/pilotCertificates")], codes: CERTIFICATE },
    Question { name: "crew_rat_airpln", answers: &[At("/pilotRatingForAirplanes"), At("/pilotRatingsForAirplanes")], codes: AIRPLANE_RATING },
    Question { name: "crew_rat_instrum", answers: &[At("/pilotRatingsForInstruments")], codes: INSTRUMENT_RATING },
    Question { name: "crew_rat_instruct", answers: &[At("/pilotRatingsForInstructors"), At("/pilotInstructorRatings")], codes: INSTRUCTOR_RATING },
    Question { name: "crew_rat_roto", answers: &[At("/pilotRatingsForRotorcrafts"), At("/pilotRatingsForOtherAircraft")], codes: OTHER_RATING },
];

const TAIL: [&str; 3] = ["col_name", "code", "lchg_date"];

pub(super) fn event_columns() -> Vec<&'static str> {
    [&["ev_id"][..], &TAIL].concat()
}

pub(super) fn aircraft_columns() -> Vec<&'static str> {
    [&["ev_id", "aircraft_key"][..], &TAIL].concat()
}

pub(super) fn crew_columns() -> Vec<&'static str> {
    [&["ev_id", "aircraft_key", "crew_no"][..], &TAIL].concat()
}

pub(super) fn convert_events<'a>(
    case: &Case<'a>,
    notes: &mut ConversionNotes,
    emit: EmitRow<'_, 'a>,
) {
    for question in EVENT_QUESTIONS {
        let codes = question.codes_of(case.value, "dt_events", notes);
        emit_codes(std::slice::from_ref(&case.ev_id), question, codes, case, emit);
    }
}

pub(super) fn convert_aircraft<'a>(
    case: &Case<'a>,
    notes: &mut ConversionNotes,
    emit: EmitRow<'_, 'a>,
) {
    for (key, aircraft) in case.aircraft() {
        for question in AIRCRAFT_QUESTIONS {
            let codes = question.codes_of(aircraft, "dt_aircraft", notes);
            emit_codes(&[case.ev_id.clone(), key.clone()], question, codes, case, emit);
        }
    }
}

pub(super) fn convert_crew<'a>(
    case: &Case<'a>,
    notes: &mut ConversionNotes,
    emit: EmitRow<'_, 'a>,
) {
    for (key, aircraft) in case.aircraft() {
        for person in list(aircraft, &["/crewAndOccupants"]) {
            let number = text(person, &["/crewOccupantNumber"]);
            let head = [case.ev_id.clone(), key.clone(), number];
            for question in CREW_QUESTIONS {
                let codes = question.codes_of(person, "dt_flight_crew", notes);
                emit_codes(&head, question, codes, case, emit);
            }
        }
    }
}

/// Emits a row for each code.
fn emit_codes<'a>(
    head: &[Cell<'a>],
    question: &Question,
    codes: BTreeSet<&'static str>,
    case: &Case<'a>,
    emit: EmitRow<'_, 'a>,
) {
    for code in codes {
        let mut cells = head.to_vec();
        cells.extend([
            Some(Cow::Borrowed(question.name)),
            Some(Cow::Borrowed(code)),
            case.changed.clone(),
        ]);
        emit(&cells);
    }
}

impl Question {
    /// The codes of the answers, each once. Words without a certain code are counted.
    fn codes_of(
        &self,
        from: &Value,
        table: &str,
        notes: &mut ConversionNotes,
    ) -> BTreeSet<&'static str> {
        let mut codes = BTreeSet::new();
        for word in self.words(from) {
            match map_word(self.codes, &word) {
                MappedWord::Code(code) => {
                    codes.insert(code);
                }
                MappedWord::Unknown => {}
                // Several code lists have no code for None: no row says the same.
                MappedWord::Unmapped if word.trim().eq_ignore_ascii_case("none") => {}
                MappedWord::Unmapped => notes.add_unmapped(table, self.name, &word),
            }
        }
        codes
    }

    fn words<'v>(&self, from: &'v Value) -> Vec<Cow<'v, str>> {
        let mut words = Vec::new();
        for answers in self.answers {
            match answers {
                At(pointer) => {
                    let items = list(from, &[pointer]).iter().filter_map(Value::as_str);
                    words.extend(items.filter(|w| !w.trim().is_empty()).map(Cow::Borrowed));
                    words.extend(text(from, &[pointer]));
                }
                Each(pointer, members) => {
                    for item in list(from, &[pointer]) {
                        let parts = members.iter().filter_map(|member| text(item, &[member]));
                        let parts: Vec<_> = parts.collect();
                        if !parts.is_empty() {
                            words.push(Cow::Owned(parts.join(" ")));
                        }
                    }
                }
            }
        }
        words
    }
}
