# A page, and a WebSocket that says back what it is told; one process a connection.
use strict;
use warnings;
use IO::Socket::INET;
use Digest::SHA qw(sha1_base64);

$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 50, ReuseAddr => 1) or die "$@";
my $page = <<'HTML';
<!doctype html><meta charset="utf-8"><title>The app</title>
<style>body{font-family:sans-serif;margin:3em;background:#eef;color:#224}</style>
<h1>Hello from the box</h1><p id="said">waiting</p><img src="/slow" alt="">
<script>
const socket = new WebSocket(location.origin.replace('http', 'ws') + '/echo');
socket.onopen = () => socket.send('over a WebSocket');
socket.onmessage = m => { document.getElementById('said').textContent = 'echo: ' + m.data; socket.close(); };
socket.onerror = () => { document.getElementById('said').textContent = 'no WebSocket'; };
</script>
HTML
while (1) {
    my $client = $server->accept or next;
    next if fork;
    my $head = '';
    while ($head !~ /\r\n\r\n/) { sysread($client, $head, 4096, length $head) or exit }
    if ($head =~ /^Sec-WebSocket-Key: (\S+)/mi) {
        my $accept = sha1_base64($1 . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11') . '=';
        print $client "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
            "Sec-WebSocket-Accept: $accept\r\n\r\n";
        $client->flush;
        while (sysread $client, my $start, 2) {
            my ($kind, $length) = unpack 'CC', $start;
            $length &= 127;
            my $rest = '';
            while (length $rest < 4 + $length) { sysread($client, $rest, 4 + $length, length $rest) or exit }
            my ($mask, $text) = unpack 'a4a*', $rest;
            $text ^= substr($mask x (1 + $length / 4), 0, $length);
            syswrite $client, pack('CC', $kind, $length) . $text;
            exit if ($kind & 15) == 8;
        }
        exit;
    }
    sleep 3 if $head =~ m{^GET /slow };    # a page is loaded when all of it is
    print $client "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ", length $page,
        "\r\nConnection: close\r\n\r\n$page";
    exit;
}
