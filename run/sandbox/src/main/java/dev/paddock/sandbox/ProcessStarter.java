package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Starts what is to die with Paddock. It dies with the thread that started it, not with the
 * process, and the threads that carry virtual threads come and go; so one thread starts them all
 * and lives as long as the process.
 */
public final class ProcessStarter {
  private static final ExecutorService STARTER =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("paddock-box-starter").factory());

  private ProcessStarter() {}

  /**
   * An interrupt does not cut it short, since the process may have started; the thread stays
   * interrupted.
   *
   * @param failure what could not be done, the beginning of the error's message
   */
  public static Process start(ProcessBuilder builder, String failure) {
    Future<Process> process = STARTER.submit(builder::start);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          Throwable cause = e.getCause();
          throw new SandboxException(ErrorCode.UNAVAILABLE, failure + ": " + cause, cause);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
