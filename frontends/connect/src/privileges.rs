//! Which role may do what PostgreSQL has refused. Its message names the function or table, not the role.

/// The allow-list that the extension is built with.
const ALLOW_LIST: &str = include_str!("../../../sql/functions/admin/access.sql");

/// The first role that may use what a message such as `permission denied for function ntsb_forecast`
/// names; none where no role but the owner may.
pub fn role_that_may(message: &str) -> Option<&'static str> {
    let object = message.strip_prefix("permission denied for ")?.split_whitespace().last()?;
    ALLOW_LIST.split("unnest('{").skip(1).find_map(|block| {
        let (names, rest) = block.split_once("}'::text[]), '")?;
        let (role, _) = rest.split_once('\'')?;
        names.split(',').any(|name| name.trim() == object).then_some(role)
    })
}

#[cfg(test)]
mod tests {
    use super::role_that_may;

    #[test]
    fn the_message_of_postgresql_leads_to_the_role() {
        for (message, role) in [
            ("permission denied for function ntsb_forecast", Some("ntsb_analyst")),
            ("permission denied for function ntsb_search", Some("ntsb_viewer")),
            ("permission denied for procedure ntsb_refresh", Some("ntsb_admin")),
            ("permission denied for table row_defects", Some("ntsb_analyst")),
            ("permission denied for view accidents", Some("ntsb_viewer")),
            ("permission denied for function ensure_role", None),
            ("permission denied to set parameter", None),
            ("division by zero", None),
        ] {
            assert_eq!(role_that_may(message), role, "{message}");
        }
    }
}
