package dev.paddock.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The operating system's resolver. It blocks in native code, where it would hold the thread that
 * carries all virtual threads; so it has threads of its own, and a time limit.
 */
final class SystemLookup implements NameLookup {
  static final NameLookup INSTANCE = new SystemLookup();

  private static final int THREADS = 32;
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final ThreadPoolExecutor threads;

  private SystemLookup() {
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(1024),
            Thread.ofPlatform().daemon().name("paddock-lookup-", 0).factory(),
            (task, pool) -> {
              if (task instanceof FutureTask<?> future) {
                future.cancel(false);
              }
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public List<InetAddress> addresses(String name) throws UnknownHostException {
    FutureTask<List<InetAddress>> lookup =
        new FutureTask<>(() -> List.of(InetAddress.getAllByName(name)));
    threads.execute(lookup);
    try {
      return lookup.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(name, "not found", e);
    } catch (TimeoutException e) {
      lookup.cancel(false);
      throw failed(name, "no answer within " + TIMEOUT.toSeconds() + " s", e);
    } catch (java.util.concurrent.CancellationException e) {
      throw failed(name, "too many look-ups are waiting", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(name, "interrupted", e);
    }
  }

  private static UnknownHostException failed(String name, String why, Exception cause) {
    UnknownHostException failed = new UnknownHostException(name + ": " + why);
    failed.initCause(cause);
    return failed;
  }
}
