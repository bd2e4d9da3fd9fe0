//! The local socket: a Unix domain socket, a named pipe on Windows. Only the person's own processes get through.

pub(super) use platform::{Listener, connect, is_served};

#[cfg(unix)]
mod platform {
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
    use std::os::unix::net::UnixStream as BlockingStream;
    use std::path::{Path, PathBuf};

    use tokio::net::{UnixListener, UnixStream};

    use crate::error::{Code, Error, Result};

    /// The longest path that a socket can have everywhere.
    const PATH_BYTES: usize = 103;

    /// A socket that is listened on; its file goes when this does.
    pub struct Listener {
        socket: UnixListener,
        path: PathBuf,
        /// Which file it is, so that another program's is not removed.
        inode: u64,
        /// The person: whose processes may connect.
        owner: u32,
    }

    impl Listener {
        /// Binds the socket at `path`, making its folder (for the person alone) if it is missing. A socket that a program
        /// which has ended left behind is replaced.
        ///
        /// # Errors
        /// `Invalid` if another program listens there, or something else lies there; `Io`.
        pub fn bind(path: &Path) -> Result<Self> {
            if path.as_os_str().len() > PATH_BYTES {
                return Err(Error::invalid(format!(
                    "{} is too long for a socket (at most {PATH_BYTES} bytes): choose a shorter path",
                    path.display()
                )));
            }
            let failed = |what: &str, error: &io::Error| {
                Error::new(Code::Io, format!("{what} {} failed: {error}", path.display()))
            };
            if let Some(folder) =
                path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            {
                fs::create_dir_all(folder).map_err(|error| failed("making the folder of", &error))?;
                fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
                    .map_err(|error| failed("closing the folder of", &error))?;
            }
            remove_left_behind(path)?;
            // Made under a name that nobody knows, closed to others, and only then put in its place: at no time can
            // another person connect.
            let hidden = path.with_extension(format!("{}.tmp", std::process::id()));
            let _ = fs::remove_file(&hidden);
            let socket = UnixListener::bind(&hidden).map_err(|error| failed("listening at", &error))?;
            let placed = fs::set_permissions(&hidden, fs::Permissions::from_mode(0o600))
                .and_then(|()| fs::rename(&hidden, path))
                .and_then(|()| fs::metadata(path));
            let metadata = placed.map_err(|error| {
                let _ = fs::remove_file(&hidden);
                failed("closing the socket", &error)
            })?;
            Ok(Self { socket, path: path.to_owned(), inode: metadata.ino(), owner: metadata.uid() })
        }

        /// The next sender of the same person.
        ///
        /// # Errors
        /// One of another person was turned away, or none can be let in now.
        pub async fn accept(&self) -> Result<UnixStream> {
            let (stream, _) =
                self.socket.accept().await.map_err(|error| {
                    Error::new(Code::Io, format!("a sender could not be let in: {error}"))
                })?;
            match stream.peer_cred() {
                Ok(peer) if peer.uid() == self.owner || peer.uid() == 0 => Ok(stream),
                Ok(peer) => Err(Error::invalid(format!(
                    "a process of another person (user {}) was turned away",
                    peer.uid()
                ))),
                Err(error) => Err(Error::invalid(format!(
                    "a sender was turned away, since it can't be seen whose it is: {error}"
                ))),
            }
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            if fs::metadata(&self.path).is_ok_and(|metadata| metadata.ino() == self.inode) {
                let _ = fs::remove_file(&self.path);
            }
        }
    }

    /// Connects to a socket.
    pub async fn connect(path: &Path) -> io::Result<UnixStream> {
        UnixStream::connect(path).await
    }

    /// Whether a program listens at `path`.
    pub fn is_served(path: &Path) -> bool {
        BlockingStream::connect(path).is_ok()
    }

    fn remove_left_behind(path: &Path) -> Result<()> {
        let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
        if !metadata.file_type().is_socket() {
            return Err(Error::invalid(format!(
                "{} is there and is no socket; it was left as it is: choose another path",
                path.display()
            )));
        }
        match BlockingStream::connect(path) {
            Ok(_) => Err(Error::invalid(format!(
                "another program listens at {} already, perhaps a second TraceLLM Explorer: close it, or choose another path",
                path.display()
            ))),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                fs::remove_file(path).map_err(|error| {
                    Error::new(Code::Io, format!("{} can't be replaced: {error}", path.display()))
                })
            }
            Err(error) => {
                Err(Error::new(Code::Io, format!("{} can't be looked at: {error}", path.display())))
            }
        }
    }
}

#[cfg(windows)]
mod platform {
    use std::io;
    use std::path::Path;
    use std::time::Duration;

    use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};
    use tokio::sync::Mutex;

    use crate::error::{Code, Error, Result};
    use crate::location::pipe_name;

    /// Windows' word for a pipe all of whose instances are taken.
    const ALL_TAKEN: i32 = 231;

    /// A named pipe that is listened on. Without further rules a pipe lets in its owner and administrators.
    pub struct Listener {
        name: String,
        next: Mutex<NamedPipeServer>,
    }

    impl Listener {
        /// Makes the pipe; see the other platform.
        pub fn bind(path: &Path) -> Result<Self> {
            let name = pipe_name(path);
            let first = ServerOptions::new()
                .first_pipe_instance(true)
                .reject_remote_clients(true)
                .create(&name)
                .map_err(|error| {
                    Error::invalid(format!(
                        "{name} can't be listened on ({error}): perhaps a second TraceLLM Explorer does already"
                    ))
                })?;
            Ok(Self { name, next: Mutex::new(first) })
        }

        /// The next sender.
        pub async fn accept(&self) -> Result<NamedPipeServer> {
            let failed =
                |error: io::Error| Error::new(Code::Io, format!("a sender could not be let in: {error}"));
            let mut next = self.next.lock().await;
            next.connect().await.map_err(failed)?;
            let fresh =
                ServerOptions::new().reject_remote_clients(true).create(&self.name).map_err(failed)?;
            Ok(std::mem::replace(&mut *next, fresh))
        }
    }

    /// Whether a program listens at the pipe that stands for `path`.
    pub fn is_served(path: &Path) -> bool {
        std::fs::OpenOptions::new().read(true).write(true).open(pipe_name(path)).is_ok()
    }

    /// Connects to a pipe, waiting a moment for a free instance.
    pub async fn connect(path: &Path) -> io::Result<NamedPipeClient> {
        let name = pipe_name(path);
        for _ in 0..20 {
            match ClientOptions::new().open(&name) {
                Err(error) if error.raw_os_error() == Some(ALL_TAKEN) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                other => return other,
            }
        }
        ClientOptions::new().open(&name)
    }
}
