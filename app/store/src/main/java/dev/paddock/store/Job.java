package dev.paddock.store;

import dev.paddock.core.spi.Append.Durability;
import dev.paddock.store.Writer.Work;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Work that waits for the writer, and its outcome. */
final class Job<T> {
  private final Durability durability;
  private final int bytes;
  private final Work<T> work;
  private final CompletableFuture<T> done = new CompletableFuture<>();
  private Optional<T> result = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();

  Job(Durability durability, int bytes, Work<T> work) {
    this.durability = durability;
    this.bytes = bytes;
    this.work = work;
  }

  Durability durability() {
    return durability;
  }

  int bytes() {
    return bytes;
  }

  /** Runs inside the writer's transaction; a failure is kept for the caller. */
  void run(Transaction transaction, Database database) {
    try {
      failure = Optional.empty();
      result = Optional.of(work.run(transaction));
    } catch (SQLException e) {
      transaction.failed();
      failure = Optional.of(database.translate(e));
    } catch (RuntimeException | Error e) {
      failure = Optional.of(e);
    }
  }

  boolean failed() {
    return failure.isPresent();
  }

  /** Tells the caller what {@link #run} left. */
  void finish() {
    failure.ifPresentOrElse(done::completeExceptionally, () -> done.complete(result.orElseThrow()));
  }

  void fail(Throwable reason) {
    done.completeExceptionally(failure.orElse(reason));
  }

  /** An interrupt does not cut the wait off, because the work may have been done. */
  T await() {
    try {
      return done.join();
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        // Thrown in another thread: the caller's own stack is what a reader looks for.
        case StoreException said -> new StoreException(said.code(), said.getMessage(), said);
        case null, default -> new IllegalStateException(e.getCause());
      };
    }
  }
}
