package dev.paddock.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A Perl process of the host that lives beside the boxes. */
public final class TestingHostPerl implements AutoCloseable {
  private final Process process;

  private TestingHostPerl(Process process) {
    this.process = process;
  }

  /** Runs the program, waits until it is done, and keeps the process. */
  public static TestingHostPerl start(String program) throws IOException {
    Process process =
        new ProcessBuilder("perl", "-e", program + "\n$| = 1; print \"ready\\n\"; <STDIN>;")
            .redirectErrorStream(true)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (!"ready".equals(line)) {
      process.destroyForcibly();
      throw new IOException("perl says: " + line);
    }
    return new TestingHostPerl(process);
  }

  /** Runs a program to its end, outside of any box. */
  public static int run(String program) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("perl", "-e", program).inheritIO().start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("perl does not end");
    }
    return process.exitValue();
  }

  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
