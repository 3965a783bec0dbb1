//! Signals: what would end this process is passed on to Terraform, which then stops in order.

#[cfg(unix)]
pub(super) use unix::{Signals, apart, ended_by};

#[cfg(unix)]
mod unix {
    use std::{
        io,
        os::unix::process::{CommandExt as _, ExitStatusExt as _},
        process::{Child, Command, ExitStatus},
        sync::{Mutex, PoisonError},
        thread,
    };

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
        iterator,
    };

    /// Holds back the signals that would end this process.
    pub(in super::super) struct Signals {
        held: iterator::Signals,
        /// Those that came.
        came: Vec<i32>,
    }

    impl Signals {
        /// From here on, no signal that can be held back ends this process.
        pub(in super::super) fn hold() -> io::Result<Self> {
            let held = iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
            Ok(Self { held, came: Vec::new() })
        }

        /// Whether one has come so far.
        pub(in super::super) fn came(&mut self) -> bool {
            self.came.extend(self.held.pending());
            !self.came.is_empty()
        }

        /// Whether Terraform was told so much that it may have stopped before it wrote down what it did: it takes one
        /// interruption as a wish to stop in order.
        pub(in super::super) fn came_hard(&self) -> bool {
            self.came.len() > 1 || self.came.iter().any(|it| matches!(*it, SIGHUP | SIGQUIT))
        }

        /// Waits for a program, and passes on to it what comes meanwhile.
        pub(in super::super) fn wait(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
            let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            let running = Mutex::new(pid);
            let handle = self.held.handle();
            let (held, came) = (&mut self.held, &mut self.came);
            thread::scope(|scope| {
                scope.spawn(|| {
                    for signal in held.forever() {
                        came.push(signal);
                        let running = running.lock().unwrap_or_else(PoisonError::into_inner);
                        if let (Some(pid), Some(signal)) =
                            (*running, Signal::from_named_raw(signal))
                        {
                            // It may have ended by itself; nothing is left to be told then.
                            let _ = kill_process(pid, signal);
                        }
                    }
                });
                // Only once it is waited for may its number be another program's; until then, it can be told.
                let ended = match pid {
                    Some(pid) => loop {
                        match waitid(
                            WaitId::Pid(pid),
                            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
                        ) {
                            Err(rustix::io::Errno::INTR) => {}
                            other => break other.map(drop).map_err(io::Error::from),
                        }
                    },
                    None => Ok(()),
                };
                *running.lock().unwrap_or_else(PoisonError::into_inner) = None;
                handle.close();
                ended.and_then(|()| child.wait())
            })
        }
    }

    /// Runs a program apart from the terminal's signals, which it would otherwise get twice: from the terminal and from here.
    pub(in super::super) fn apart(command: &mut Command) {
        command.process_group(0);
    }

    /// The signal that ended a program.
    pub(in super::super) fn ended_by(status: ExitStatus) -> Option<i32> {
        status.signal()
    }
}

#[cfg(not(unix))]
pub(super) use elsewhere::{Signals, apart, ended_by};

#[cfg(not(unix))]
mod elsewhere {
    use std::{
        io,
        process::{Child, Command, ExitStatus},
    };

    /// Nothing is held back: the terminal tells every program.
    pub(in super::super) struct Signals;

    impl Signals {
        pub(in super::super) fn hold() -> io::Result<Self> {
            Ok(Self)
        }

        pub(in super::super) fn came(&mut self) -> bool {
            false
        }

        pub(in super::super) fn came_hard(&self) -> bool {
            false
        }

        pub(in super::super) fn wait(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
            child.wait()
        }
    }

    pub(in super::super) fn apart(_: &mut Command) {}

    pub(in super::super) fn ended_by(_: ExitStatus) -> Option<i32> {
        None
    }
}
