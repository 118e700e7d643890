package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A terminal: this side reads what programs write to it and types. */
final class Terminal implements AutoCloseable {
  private final Fd side;
  private final String path;

  private Terminal(Fd side, String path) {
    this.side = side;
    this.path = path;
  }

  static Terminal open(TerminalSize size) {
    try {
      Fd side = new Fd(PosixTerminal.open());
      try {
        Terminal terminal = new Terminal(side, PosixTerminal.name(side.number()));
        terminal.resize(size);
        return terminal;
      } catch (Errno | SandboxException e) {
        side.close();
        throw e;
      }
    } catch (Errno e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "no terminal can be opened: " + e.getMessage(), e);
    }
  }

  /** The programs' side, on the host. */
  String path() {
    return path;
  }

  void resize(TerminalSize size) {
    try (Fd.Lease use = side.lease()) {
      PosixTerminal.setSize(use.number(), size.columns(), size.rows());
    } catch (Errno e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot resize a terminal", e);
    }
  }

  /** Ends when no program has the terminal open any more. */
  InputStream output() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        try (Fd.Lease use = side.lease()) {
          int count = Posix.read(use.number(), buffer, offset, length);
          return count == 0 ? -1 : count;
        }
      }
    };
  }

  OutputStream input() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try (Fd.Lease use = side.lease()) {
          Posix.write(use.number(), bytes, offset, length);
        }
      }
    };
  }

  @Override
  public void close() {
    try {
      side.close();
    } catch (Errno e) {
      throw new SandboxException(ErrorCode.INTERNAL, "cannot close a terminal", e);
    }
  }
}
