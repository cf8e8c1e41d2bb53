//! TCP connections of hostile clients: from any loopback address, with small receive windows.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::FromRawFd;
use std::time::Duration;

/// Connects from 127.0.0.`last` with a receive buffer of this many bytes.
pub fn connect_from(last: u8, to: &str, receive_buffer: i32) -> std::io::Result<TcpStream> {
    let SocketAddr::V4(to) = to.parse().unwrap() else { panic!("{to} is not an IPv4 address") };
    let address = |ip: Ipv4Addr, port: u16| libc::sockaddr_in {
        sin_family: u16::try_from(libc::AF_INET).unwrap(),
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(ip).to_be() },
        sin_zero: [0; 8],
    };
    let (from, to) = (address(Ipv4Addr::new(127, 0, 0, last), 0), address(*to.ip(), to.port()));
    let length = u32::try_from(size_of::<libc::sockaddr_in>()).unwrap();
    // SAFETY: the addresses outlive the calls, and only the stream owns the descriptor.
    unsafe {
        let fd = libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0);
        if fd < 0 {
            return Err(std::io::Error::last_os_error());
        }
        let stream = TcpStream::from_raw_fd(fd);
        let size = (&raw const receive_buffer).cast();
        libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_RCVBUF, size, 4);
        if libc::bind(fd, (&raw const from).cast(), length) < 0
            || libc::connect(fd, (&raw const to).cast(), length) < 0
        {
            return Err(std::io::Error::last_os_error());
        }
        Ok(stream)
    }
}

pub const LARGE_BUFFER: i32 = 1 << 20;
pub const SMALL_BUFFER: i32 = 4 << 10;

/// Sends `request` and reads until the peer closes the connection or nothing arrives for `timeout`.
pub fn exchange(stream: &mut TcpStream, request: &[u8], timeout: Duration) -> String {
    stream.set_read_timeout(Some(timeout)).unwrap();
    let _ = stream.write_all(request);
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    String::from_utf8_lossy(&response).into_owned()
}
