//! Finds the role that a rejected statement needs. PostgreSQL's message names only the object.

/// The allow-list of the extension.
const ALLOW_LIST: &str = include_str!("../../../sql/functions/admin/access.sql");

/// The least privileged role that may use the object in a message such as `permission denied for function
/// ntsb_forecast`. Returns `None` if only the owner may use it.
pub fn required_role(message: &str) -> Option<&'static str> {
    let object = message.strip_prefix("permission denied for ")?.split_whitespace().last()?;
    ALLOW_LIST.split("unnest('{").skip(1).find_map(|block| {
        let (names, rest) = block.split_once("}'::text[]), '")?;
        let (role, _) = rest.split_once('\'')?;
        names.split(',').any(|name| name.trim() == object).then_some(role)
    })
}

#[cfg(test)]
mod tests {
    use super::required_role;

    #[test]
    fn the_role_is_found_by_the_message_of_postgresql() {
        for (message, role) in [
            ("permission denied for function ntsb_forecast", Some("ntsb_analyst")),
            ("permission denied for function ntsb_search", Some("ntsb_viewer")),
            ("permission denied for procedure ntsb_refresh", Some("ntsb_admin")),
            ("permission denied for table row_defects", Some("ntsb_analyst")),
            ("permission denied for view accidents", Some("ntsb_viewer")),
            ("permission denied for function ntsb_relay_batch", Some("ntsb_relay")),
            ("permission denied for function ensure_role", None),
            ("permission denied to set parameter", None),
            ("division by zero", None),
        ] {
            assert_eq!(required_role(message), role, "{message}");
        }
    }
}
