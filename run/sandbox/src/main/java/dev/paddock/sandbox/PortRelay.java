package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.PortConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One connection into the network of a sandbox: a {@code socat} of this machine that has entered
 * nothing else of it joins its own input and output with what listens on a loopback address there.
 * Neither listens on anything itself, so there is nothing that a box could reach.
 */
public final class PortRelay implements PortConnection {
  private static final Duration START = Duration.ofSeconds(10);

  /** A pause, and what it takes to look on a busy machine. */
  private static final int TRY_MILLIS = 40;

  private static final String CONNECTED = "starting data transfer loop";
  private static final String NOTHING = "nothing listens";

  /**
   * Waits until the port is listened on, at 127.0.0.1 or else at ::1, and becomes socat. The
   * addresses are written as in /proc/net; a program that asks for the first with the means of IPv6
   * has it mapped.
   */
  private static final String SCRIPT =
      """
      socat=$1 here=$2 port=$3 tries=$4
      hex=$(printf %04X "$port")
      loopback4=0100007F:$hex any4=00000000:$hex
      mapped=0000000000000000FFFF00000100007F:$hex
      loopback6=00000000000000000000000001000000:$hex
      any6=00000000000000000000000000000000:$hex
      find() {
        to=
        while read -r number local remote state rest; do
          [ "$state" = 0A ] || continue
          case $local in
            "$loopback4"|"$any4"|"$mapped") to=TCP4:127.0.0.1; return ;;
            "$loopback6"|"$any6") to=TCP6:[::1] ;;
          esac
        done
      }
      while :; do
        [ -r /proc/net/tcp ] && find </proc/net/tcp
        [ -z "$to" ] && [ -r /proc/net/tcp6 ] && find </proc/net/tcp6
        [ -n "$to" ] && break
        tries=$((tries - 1))
        [ $tries -lt 0 ] && echo 'nothing listens' >&2 && exit 1
        /bin/sleep 0.02
      done
      exec "$socat" -d -d -b 65536 -t 1000000 "$here" "$to:$port"
      """;

  private final Box box;
  private final Runnable ended;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PortRelay(Box box, Runnable ended) {
    this.box = box;
    this.ended = ended;
  }

  /**
   * What is to be run in the network of a sandbox, with a {@code /proc} of that network.
   *
   * @param here the address, as socat writes them, of its own side
   */
  public static List<String> command(Path socat, String here, int port, Duration wait) {
    return List.of(
        "/bin/sh",
        "-c",
        SCRIPT,
        "relay",
        socat.toString(),
        here,
        Integer.toString(port),
        Long.toString(wait.toMillis() / TRY_MILLIS));
  }

  /** Of this machine; throws {@code PART_MISSING} with the fix where it is not installed. */
  public static Path socat() {
    return program("socat", Machine.INSTALL_SOCAT);
  }

  static Path nsenter() {
    return program("nsenter", "sudo apt-get install util-linux");
  }

  private static Path program(String name, String fix) {
    return Machine.installed(name)
        .orElseThrow(
            () ->
                new SandboxException(
                    ErrorCode.PART_MISSING,
                    "ports of a sandbox are reached by %s, which is not installed; fix: %s"
                        .formatted(name, fix)));
  }

  /**
   * Waits until the connection stands.
   *
   * @param box runs {@link #command}
   * @param ended is run once, when this is closed or did not come about
   */
  static PortRelay connect(Box box, int port, Duration wait, Runnable ended)
      throws InterruptedException {
    PortRelay relay = new PortRelay(box, ended);
    CompletableFuture<String> said = new CompletableFuture<>();
    Pump.start(() -> said.complete(untilConnected(box.stderr())));
    String reason = "the relay did not start in time";
    try {
      reason = said.get(wait.multipliedBy(2).plus(START).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      relay.close();
      throw e;
    } catch (TimeoutException | ExecutionException e) {
      relay.close();
      throw failed(port, reason);
    }
    if (reason.equals(CONNECTED)) {
      return relay;
    }
    relay.close();
    throw reason.equals(NOTHING) ? nothingListens(port) : failed(port, reason);
  }

  /** The marker, or the last that was said. */
  private static String untilConnected(InputStream errors) {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(errors, StandardCharsets.UTF_8));
    String last = "it was killed";
    try {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.contains(CONNECTED)) {
          return CONNECTED;
        }
        last = line;
      }
    } catch (IOException closed) { // by the end of the box
      return last;
    }
    return last;
  }

  static SandboxException nothingListens(int port) {
    return new SandboxException(
        ErrorCode.NOT_FOUND,
        "nothing listens on port %d in the sandbox; start a server on 127.0.0.1 or 0.0.0.0 in bash"
                .formatted(port)
            + " or with exec_command");
  }

  private static SandboxException failed(int port, String reason) {
    return new SandboxException(
        ErrorCode.UNAVAILABLE,
        "port %d of the sandbox cannot be reached: %s".formatted(port, reason));
  }

  @Override
  public InputStream input() {
    return box.stdout();
  }

  @Override
  public OutputStream output() {
    return box.stdin();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        box.kill(KilledBy.INTERRUPT);
      } finally {
        ended.run();
      }
    }
  }
}
