package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.ShellResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A persistent bash of a sandbox. It starts with the first command; when a command ends it, the
 * next command gets a new one with the directory and the exported environment that are known.
 */
final class Shell {
  private final BoxedSandbox sandbox;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable ShellProcess process;
  private String directory = WorkspacePath.ROOT;
  private String environment = "";
  private volatile boolean ended;

  Shell(BoxedSandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** Empty when the shell was ended before the command could begin. */
  Optional<ShellResult> run(ShellRequest request) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return ended ? Optional.empty() : Optional.of(run(request, current()));
    } finally {
      lock.unlock();
    }
  }

  private ShellResult run(ShellRequest request, ShellProcess bash) throws InterruptedException {
    Duration timeout = sandbox.shorter(request.timeout());
    Hits before = sandbox.hits();
    long start = System.nanoTime();
    boolean returned;
    try (SpaceWatch.Command watched = sandbox.watched()) {
      returned = bash.run(request.command(), timeout, request.maxOutputBytes());
      watched.check();
    } catch (InterruptedException e) {
      end(bash);
      throw e;
    }
    Duration wallTime = Duration.ofNanos(System.nanoTime() - start);
    bash.lastFrame().ifPresent(this::remember);
    Capture out = bash.takeStdout();
    Capture err = bash.takeStderr();
    int exitCode =
        returned ? bash.lastFrame().map(Shell::exitCode).orElse(1) : bash.box().exitCode();
    Verdict verdict = Verdict.of(exitCode, bash.box().cause(), before, sandbox.hits());
    byte[] stderr = verdict.explain(err.bytes(), sandbox.limits(), timeout);
    // what reached the limit of processes may still be running and would starve the next command
    if (!returned || !bash.box().alive() || verdict.hit().contains(KilledBy.PROCESSES)) {
      end(bash);
      stderr =
          Verdict.withLine(
              stderr,
              "the shell ended; the next command starts a new one in "
                  + directory
                  + " with the exported variables");
    }
    return new ShellResult(
        exitCode,
        out.bytes(),
        stderr,
        out.truncated(),
        err.truncated(),
        verdict.killedBy(),
        wallTime,
        directory);
  }

  /** For good; may be called while a command runs, whose result tells it. */
  void end() {
    ended = true;
    ShellProcess running = process;
    if (running != null) {
      running.box().kill(KilledBy.INTERRUPT);
    }
    lock.lock();
    try {
      running = process;
      if (running != null) {
        end(running);
      }
    } finally {
      lock.unlock();
    }
  }

  private ShellProcess current() throws InterruptedException {
    ShellProcess running = process;
    if (running != null && running.box().alive()) {
      return running;
    }
    if (running != null) {
      end(running);
    }
    ShellProcess bash = ShellProcess.start(sandbox);
    try {
      boolean answered = bash.run(setup(), sandbox.limits().wallTime(), 1 << 14);
      String said = new String(bash.takeStderr().bytes(), StandardCharsets.UTF_8).strip();
      bash.takeStdout();
      if (!answered) {
        throw BoxedSandbox.notStarted(said);
      }
    } catch (InterruptedException | SandboxException e) {
      sandbox.end(bash.box());
      throw e;
    }
    process = bash;
    return bash;
  }

  /** Gives a new shell what the last one had. A directory that is gone leaves it in /workspace. */
  private String setup() {
    return environment
        + "\nbuiltin cd -- "
        + ShellProcess.quote(directory)
        + " || builtin cd "
        + WorkspacePath.ROOT
        + "\n";
  }

  private void end(ShellProcess bash) {
    sandbox.end(bash.box());
    process = null;
  }

  private void remember(ShellStream.Frame frame) {
    directory = frame.directory();
    environment = frame.environment().orElse("");
  }

  private static int exitCode(ShellStream.Frame frame) {
    try {
      return Integer.parseInt(frame.exitCode());
    } catch (NumberFormatException e) {
      throw new SandboxException(
          ErrorCode.CORRUPT, "the shell told no exit code but: " + frame.exitCode(), e);
    }
  }
}
