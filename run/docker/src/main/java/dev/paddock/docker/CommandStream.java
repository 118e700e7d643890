package dev.paddock.docker;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The connection that carries the input and the outputs of a command in a container. It is written
 * here because the client library never ends an input, so that a program which reads to the end
 * would wait for ever.
 *
 * @see <a href="https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Exec">the engine's
 *     interface</a>
 */
final class CommandStream implements AutoCloseable {
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int MAX_MESSAGE_BYTES = 4 << 10;
  private static final int STDERR = 2;
  private static final int BUFFER_BYTES = 32 << 10;

  private final SocketChannel channel;
  private final DataInputStream in;
  private final boolean terminal;

  private CommandStream(SocketChannel channel, boolean terminal) {
    this.channel = channel;
    this.terminal = terminal;
    this.in =
        new DataInputStream(
            new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
  }

  /**
   * Starts a command that was created; returns when the engine has taken it.
   *
   * @param terminal whether it was created with one
   */
  static CommandStream start(Path engine, String command, boolean terminal) throws IOException {
    String body = "{\"Detach\":false,\"Tty\":%b}".formatted(terminal);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    CommandStream stream = new CommandStream(channel, terminal);
    try {
      channel.connect(UnixDomainSocketAddress.of(engine));
      String request =
          "POST /exec/%s/start HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                  .formatted(command)
              + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(body.length(), body);
      Channels.newOutputStream(channel).write(request.getBytes(StandardCharsets.US_ASCII));
      stream.readHead();
      return stream;
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  private void readHead() throws IOException {
    String status = readLine();
    boolean taken = status.startsWith("HTTP/1.1 101 ") || status.startsWith("HTTP/1.1 200 ");
    for (int read = 0; !readLine().isEmpty(); read++) {
      if (read > MAX_HEAD_BYTES / 64) {
        throw new IOException("the engine's answer has too many fields");
      }
    }
    if (!taken) {
      String message = new String(in.readNBytes(MAX_MESSAGE_BYTES), StandardCharsets.UTF_8).strip();
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "the engine did not start a command: " + status + " " + message);
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      if (line.length() > MAX_HEAD_BYTES) {
        throw new IOException("the engine's answer has a line that does not end");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /**
   * Copies both outputs to their ends: each frame has a kind, three zeros and a length. A terminal
   * has one output, without frames.
   */
  void copy(OutputStream stdout, OutputStream stderr) throws IOException {
    if (terminal) {
      in.transferTo(stdout);
      return;
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    while (true) {
      int kind;
      try {
        kind = in.readUnsignedByte();
      } catch (EOFException end) {
        return;
      }
      in.skipNBytes(3);
      long left = Integer.toUnsignedLong(in.readInt());
      OutputStream to = kind == STDERR ? stderr : stdout;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (read < 0) {
          return;
        }
        to.write(buffer, 0, read);
        left -= read;
      }
    }
  }

  /** The command's input; closing it leaves the outputs open. */
  OutputStream stdin() {
    OutputStream out = Channels.newOutputStream(channel);
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        out.write(one);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        if (channel.isOpen()) {
          channel.shutdownOutput();
        }
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
