//! `sandbox`: the embedded reference registry, to test against and to learn from.

use super::args::{Sandbox, SandboxCommand};
use super::demo::faults;
use super::output::Printer;
use super::{Failure, Outcome, runtime};
use crate::model::verdict::ExitStatus;
use crate::sandbox;

pub(super) fn sandbox(arguments: &Sandbox, printer: &Printer) -> Outcome {
    if let Some(SandboxCommand::Data(arguments)) = &arguments.command {
        return super::sandbox_data::data(arguments, printer);
    }
    if arguments.list_faults {
        printer.give(&listed())?;
        return Ok(ExitStatus::Conformant);
    }
    if arguments.registry != "social" && arguments.registry != "social-registry" {
        return Err(Failure::Usage(format!(
            "the sandbox does not play the registry `{}`\nhelp: this version plays `social`",
            arguments.registry
        )));
    }
    if arguments.role != "registry" {
        return Err(Failure::Usage(format!(
            "the sandbox does not play the role `{}`\nhelp: this version plays `registry`",
            arguments.role
        )));
    }
    let token = match &arguments.token_env {
        None => None,
        Some(name) => Some(std::env::var(name).map_err(|_| {
            Failure::Usage(format!("environment variable {name} is not set\nhelp: export {name}=… first"))
        })?),
    };
    let options = sandbox::Options {
        listen: arguments.listen,
        prefix: arguments.prefix.trim_matches('/').to_owned(),
        token,
        faults: faults(&arguments.fault)?,
        ..sandbox::Options::default()
    };
    runtime()?.block_on(async {
        let listen = options.listen;
        let running = sandbox::start(options).await.map_err(|error| {
            Failure::Usage(format!("cannot listen on {listen}: {error}\nhelp: choose another address with --listen"))
        })?;
        printer.print(&format!(
            "sandbox social registry at {} (path prefix /{})\nStop it with Ctrl-C.",
            running.base_url(),
            arguments.prefix.trim_matches('/')
        ));
        let _ = tokio::signal::ctrl_c().await;
        Ok(ExitStatus::Conformant)
    })
}

fn listed() -> String {
    let mut text = String::new();
    let mut area = "";
    for info in sandbox::faults() {
        if info.area != area {
            area = info.area;
            text.push_str(&format!("\n{area}\n"));
        }
        text.push_str(&format!("  {:<44} {}\n", info.name, info.title));
    }
    text.push_str(&format!("\n{} faults\n", sandbox::faults().len()));
    text
}
