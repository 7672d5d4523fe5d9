//! Throwaway Redis servers, and the tether that ends any server together with the run.
//!
//! Most stories share one server and keep apart by a key prefix; a story that kills Redis starts its own. Nothing is
//! ever saved, so a restarted server is an empty one, as after a crash.
//!
//! The tether stands here, below `postgres`, because both kinds of server hang on it. Considered and dropped: the
//! kernel's parent-death signal, which fires when the *thread* that started the server ends, and a story's thread ends
//! long before the run does.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(5);
/// Programs that speak the protocol, the one that we deploy first.
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];

/// A Redis of our own on a free port of this machine.
pub struct RedisServer {
    port: u16,
    /// Empty while the server is killed.
    server: Mutex<Option<Tether>>,
}

impl RedisServer {
    /// Whether this machine can run one; otherwise the reason, as a sentence.
    pub fn available() -> Result<(), String> {
        program().map(|_| ())
    }

    /// Starts a server and waits until it answers.
    ///
    /// A free port can be taken by another process before Redis binds it, so a failed start tries a few more ports.
    pub fn start() -> Result<RedisServer, String> {
        let mut tries_left = 10;
        loop {
            let port = free_port()?;
            tries_left -= 1;
            match spawn(port) {
                Ok(server) => return Ok(RedisServer { port, server: Mutex::new(Some(server)) }),
                Err(why) if tries_left == 0 => return Err(why),
                Err(_) => {}
            }
        }
    }

    /// Where it listens, for a client or for `FaultProxy::start`.
    pub fn address(&self) -> SocketAddrV4 {
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port)
    }

    /// The same, as the setting that the server under test reads.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    /// How often a command was carried out since the start.
    pub fn calls(&self, command: &str) -> std::io::Result<u64> {
        let mut link = TcpStream::connect(self.address())?;
        link.write_all(b"INFO commandstats\r\nQUIT\r\n")?;
        let mut told = String::new();
        link.read_to_string(&mut told)?;
        let start = format!("cmdstat_{command}:calls=");
        let calls = told.lines().find_map(|it| it.strip_prefix(&start)?.split(',').next()?.parse().ok());
        Ok(calls.unwrap_or(0))
    }

    /// Ends the server without a farewell, as a crash does. It takes `&mut`, so that nobody can kill the shared one.
    pub fn kill(&mut self) {
        if let Some(server) = self.server.get_mut().unwrap().take() {
            server.kill();
        }
    }

    /// Starts it again on the same port, with an empty memory; a running one is killed first.
    pub fn restart(&mut self) -> Result<(), String> {
        self.kill();
        *self.server.get_mut().unwrap() = Some(spawn(self.port)?);
        Ok(())
    }
}

static SHARED: OnceLock<Result<RedisServer, String>> = OnceLock::new();

/// The server that the stories share, started by the first who asks. The failure is kept, so that the next story fails
/// at once instead of waiting again.
pub fn shared() -> &'static RedisServer {
    match SHARED.get_or_init(RedisServer::start) {
        Ok(server) => server,
        Err(why) => panic!("the shared Redis did not start: {why}"),
    }
}

/// Ends the shared server, if one was started. The runner calls this because statics are never dropped.
pub fn stop_shared() {
    if let Some(Ok(shared)) = SHARED.get() {
        shared.server.lock().unwrap().take();
    }
}

fn program() -> Result<&'static str, String> {
    let answers =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    PROGRAMS.into_iter().find(answers).ok_or_else(|| format!("neither {} is on PATH", PROGRAMS.join(" nor ")))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no free port: {error}"))?;
    Ok(listener.local_addr().map_err(|error| format!("no free port: {error}"))?.port())
}

fn spawn(port: u16) -> Result<Tether, String> {
    let mut command = Command::new(program()?);
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
    command.args(["--save", "", "--appendonly", "no", "--loglevel", "warning"]);
    command.current_dir(std::env::temp_dir()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut server = Tether::start(&mut command, None)?;
    let begin = Instant::now();
    while !answers(port, server.id()) {
        if server.ended() {
            return Err(format!("Redis ended at once: it could not listen on port {port}"));
        }
        if begin.elapsed() > START_LIMIT {
            return Err(format!("Redis did not answer on port {port} within {} s", START_LIMIT.as_secs()));
        }
        thread::sleep(POLL);
    }
    Ok(server)
}

/// Does *our* Redis answer? A bare PONG could come from a stranger who took the port first, so ask for the process too.
fn answers(port: u16, process: u32) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\nINFO server\r\nQUIT\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("+PONG") && answer.contains(&format!("process_id:{process}\r\n")))
}

/// What the watcher does: on a line, nothing more; on the end of its input, it ends the server `$1`, politely and after
/// ten seconds by force, and removes the directory `$2`. The wait has an end, because a container whose first process
/// does not reap keeps an orphan listed for ever.
const WATCH: &str = r#"
read -r released && exit
kill -INT "$1"
rounds=0
while kill -0 "$1" && [ "$rounds" -lt 200 ]; do
    rounds=$((rounds + 1))
    sleep 0.05
done
[ "$rounds" -lt 200 ] || kill -KILL "$1"
[ -z "$2" ] || rm -rf "$2"
"#;

/// A server process that ends when this value is dropped, and also when the whole run is killed.
///
/// A small shell reads from a pipe that only we hold open. It sees the pipe close in either case, so both ends of a run
/// take the same way. Server and shell have process groups of their own: a Ctrl-C at the terminal stops the run first.
pub struct Tether {
    server: Child,
    watcher: Child,
}

impl Tether {
    /// Starts `command`; `directory` goes when the server has ended.
    pub fn start(command: &mut Command, directory: Option<&Path>) -> Result<Tether, String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut server = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{program} cannot be started: {error}"))?;
        let watcher = Command::new("sh")
            .args(["-c", WATCH, "sh", &server.id().to_string()])
            .arg(directory.unwrap_or(Path::new("")))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        match watcher {
            Ok(watcher) => Ok(Tether { server, watcher }),
            Err(error) => {
                let _ = server.kill();
                let _ = server.wait();
                Err(format!("{program} cannot be watched, because sh does not start: {error}"))
            }
        }
    }

    /// The process id of the server.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// Has the server ended by itself?
    pub fn ended(&mut self) -> bool {
        !matches!(self.server.try_wait(), Ok(None))
    }

    /// The exit code, once the server has ended; -1 where a signal ended it.
    pub fn code(&mut self) -> Option<i32> {
        self.server.try_wait().ok().flatten().map(|status| status.code().unwrap_or(-1))
    }

    /// Ends the server by SIGKILL and returns when it is gone. Its directory stays.
    pub fn kill(mut self) {
        self.release();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Sends the watcher home first: a dead server's process id may soon belong to a stranger.
    fn release(&mut self) {
        if let Some(mut pipe) = self.watcher.stdin.take() {
            let _ = pipe.write_all(b"released\n");
        }
        let _ = self.watcher.wait();
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // The server must be reaped while the watcher looks: an unreaped process still counts as alive. The watcher
        // forces the end after ten seconds; should somebody have killed the watcher, force it here.
        let begin = Instant::now();
        while !self.ended() && begin.elapsed() < Duration::from_secs(12) {
            thread::sleep(POLL);
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = self.watcher.wait();
    }
}
