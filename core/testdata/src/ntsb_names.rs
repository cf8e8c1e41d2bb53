//! NTSB's spelling of table and column names. Names that are not listed are in lower case.

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

/// Columns that have the same spelling in every table.
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

/// NTSB's name of a table, which is also the name of its file.
pub fn table_name(table: &Table) -> &'static str {
    find_name(TABLES, table.name).unwrap_or(table.name)
}

/// NTSB's names of the columns of a table, in order.
pub fn column_names(table: &'static Table) -> impl Iterator<Item = &'static str> {
    let own = if table.name == "eadmspub_datadictionary" { DICTIONARY } else { &[] };
    table.columns.iter().map(move |column| {
        let name = find_name(own, column.name).or_else(|| find_name(COLUMNS, column.name));
        name.unwrap_or(column.name)
    })
}

fn find_name(list: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(lower, _)| *lower == name).map(|(_, spelled)| *spelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ntsb_schema::tables::{self, normalize_name};

    #[test]
    fn normalized_names_are_those_of_the_tables() {
        for table in tables::TABLES {
            assert_eq!(normalize_name(table_name(table)), table.name);
            for (name, column) in column_names(table).zip(table.columns) {
                assert_eq!(normalize_name(name), column.name);
            }
        }
    }
}
