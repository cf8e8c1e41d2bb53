//! How NTSB spells its tables and columns, where that is not lower case throughout.

use ntsb_schema::tables::Table;

const TABLES: &[(&str, &str)] = &[
    ("country", "Country"),
    ("eadmspub_datadictionary", "eADMSPUB_DataDictionary"),
    ("ntsb_admin", "NTSB_Admin"),
    ("occurrences", "Occurrences"),
    ("events_sequence", "Events_Sequence"),
    ("findings", "Findings"),
    ("flight_crew", "Flight_Crew"),
    ("dt_flight_crew", "dt_Flight_Crew"),
];

/// Columns that are spelled alike in every table that has them.
const COLUMNS: &[(&str, &str)] = &[
    ("aircraft_key", "Aircraft_Key"),
    ("occurrence_no", "Occurrence_No"),
    ("occurrence_code", "Occurrence_Code"),
    ("occurrence_description", "Occurrence_Description"),
    ("defining_ev", "Defining_ev"),
    ("phase_of_flight", "Phase_of_Flight"),
    ("altitude", "Altitude"),
    ("subj_code", "Subj_Code"),
    ("cause_factor", "Cause_Factor"),
    ("modifier_code", "Modifier_Code"),
    ("person_code", "Person_Code"),
    ("cm_inpc", "cm_inPc"),
    ("country_code", "COUNTRY_CODE"),
    ("country_name", "COUNTRY_NAME"),
    ("eadms_use", "eADMS_use"),
];

const DICTIONARY: &[(&str, &str)] = &[
    ("category_of_data", "Category of Data"),
    ("table", "Table"),
    ("column", "Column"),
    ("data_type_eadms", "Data Type eADMS"),
    ("length_eadms", "Length eADMS"),
    ("question_def", "Question_Def"),
    ("code_meaning", "Code meaning"),
    ("change_notes", "Change_notes"),
];

/// NTSB's name of a table, which is also that of its file.
pub fn table(table: &Table) -> &'static str {
    look_up(TABLES, table.name).unwrap_or(table.name)
}

/// NTSB's names of a table's columns, in order.
pub fn columns(table: &'static Table) -> impl Iterator<Item = &'static str> {
    let own = if table.name == "eadmspub_datadictionary" { DICTIONARY } else { &[] };
    table.columns.iter().map(move |column| {
        let spelled = look_up(own, column.name).or_else(|| look_up(COLUMNS, column.name));
        spelled.unwrap_or(column.name)
    })
}

fn look_up(list: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(lower, _)| *lower == name).map(|(_, spelled)| *spelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ntsb_schema::tables::{self, normal_name};

    #[test]
    fn names_are_read_back() {
        for t in tables::TABLES {
            assert_eq!(normal_name(table(t)), t.name);
            for (spelled, column) in columns(t).zip(t.columns) {
                assert_eq!(normal_name(spelled), column.name);
            }
        }
    }
}
