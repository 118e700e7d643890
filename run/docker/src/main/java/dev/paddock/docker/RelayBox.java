package dev.paddock.docker;

import dev.paddock.sandbox.ProcessStarter;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A program of this machine that has entered a container's network. */
final class RelayBox implements Box {
  private final Process process;
  private final AtomicReference<@Nullable KilledBy> cause = new AtomicReference<>();

  private RelayBox(Process process) {
    this.process = process;
  }

  static RelayBox start(List<String> line) {
    ProcessBuilder builder = new ProcessBuilder(line).directory(Path.of("/").toFile());
    builder.environment().clear();
    return new RelayBox(ProcessStarter.start(builder, "cannot reach a container's port"));
  }

  @Override
  public InputStream stdout() {
    return process.getInputStream();
  }

  @Override
  public InputStream stderr() {
    return process.getErrorStream();
  }

  @Override
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public int exitCode() {
    return process.exitValue();
  }

  @Override
  public int exitCode(byte[] stderr) {
    return exitCode();
  }

  @Override
  public void kill(KilledBy why) {
    cause.compareAndSet(null, why);
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Optional<KilledBy> cause() {
    return Optional.ofNullable(cause.get());
  }

  @Override
  public void end() {
    kill(KilledBy.INTERRUPT);
  }
}
