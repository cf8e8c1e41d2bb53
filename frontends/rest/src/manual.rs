//! The man page and shell completions, generated from the definition of the command line.

use std::io::{self, Write};

use clap::{Args as ClapArgs, CommandFactory, Parser};
use clap_complete::Shell;

use crate::config::Args;

// A comment for rustdoc would take the place of the description of `Args`.
#[derive(Debug, Parser)]
#[command(name = "ntsb-rest", version)]
pub struct CommandLine {
    #[command(flatten)]
    pub args: Args,

    #[command(flatten)]
    pub manual: ManualArgs,
}

#[derive(Debug, ClapArgs)]
pub struct ManualArgs {
    /// Print the man page and exit
    #[arg(long, hide = true)]
    print_man_page: bool,

    /// Print shell completions and exit
    #[arg(long, hide = true, value_name = "SHELL")]
    print_completions: Option<Shell>,
}

impl ManualArgs {
    /// Prints what was asked for. Returns false if nothing was.
    pub fn print(&self, out: &mut impl Write) -> io::Result<bool> {
        // Without the hidden options, which are of no use to those who run the service.
        let mut command = Args::command();
        if self.print_man_page {
            clap_mangen::Man::new(command).render(out)?;
        } else if let Some(shell) = self.print_completions {
            clap_complete::generate(shell, &mut command, "ntsb-rest", out);
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(arguments: &[&str]) -> Option<String> {
        let line = CommandLine::try_parse_from(arguments).unwrap();
        let mut out = Vec::new();
        line.manual.print(&mut out).unwrap().then(|| String::from_utf8(out).unwrap())
    }

    #[test]
    fn the_man_page_and_completions_name_every_visible_option() {
        let page = print(&["ntsb-rest", "--print-man-page"]).unwrap();
        let bash = print(&["ntsb-rest", "--print-completions", "bash"]).unwrap();
        for option in ["config", "listen", "set", "print-config"] {
            let escaped = format!("\\-\\-{}", option.replace('-', "\\-"));
            assert!(page.contains(&escaped), "{option}: {page}");
            assert!(bash.contains(&format!("--{option}")), "{option}");
        }
        let about = CommandLine::command().get_about().unwrap().to_string();
        assert_eq!(about, Args::command().get_about().unwrap().to_string());
        assert!(!page.contains("completions") && !bash.contains("man-page"));
        assert!(print(&["ntsb-rest", "--listen", "127.0.0.1:1"]).is_none());
    }
}
