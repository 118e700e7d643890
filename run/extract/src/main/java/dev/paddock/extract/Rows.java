package dev.paddock.extract;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.ToolInvocation.Progress;
import dev.paddock.extract.Value.Mark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Works through documents, several at once where the extractor allows it. */
final class Rows {
  private Rows() {}

  /** A row for each document, in their order. */
  static List<Row> of(
      Extractor extractor, ExtractionSchema schema, Documents documents, Progress progress)
      throws InterruptedException {
    Semaphore free = new Semaphore(extractor.parallel());
    Map<String, Future<Row>> started = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        documents
            .texts()
            .forEach(
                (file, text) ->
                    started.put(
                        file,
                        threads.submit(
                            () -> {
                              free.acquire();
                              try {
                                return row(extractor, schema, file, text);
                              } finally {
                                free.release();
                              }
                            })));
        for (Map.Entry<String, Future<Row>> entry : started.entrySet()) {
          progress.step(rows.size(), started.size(), entry.getKey());
          rows.add(entry.getValue().get());
        }
      } catch (ExecutionException e) {
        throw unwrapped(e);
      } finally {
        threads.shutdownNow();
      }
    }
    progress.step(rows.size(), rows.size(), "");
    return rows;
  }

  /** A document that cannot be used, or is too long, fails alone; a lost model fails the call. */
  private static Row row(
      Extractor extractor, ExtractionSchema schema, String file, DocumentText text)
      throws InterruptedException {
    try {
      return extractor.extract(file, text);
    } catch (PaddockException e) {
      if (!(e instanceof ExtractException) && e.code() != ErrorCode.LIMIT_EXCEEDED) {
        throw e;
      }
      Map<String, Value> values = new LinkedHashMap<>();
      schema
          .fields()
          .forEach(f -> values.put(f.name(), Value.absent(new Mark.Failed(e.getMessage()))));
      return new Row(file, values);
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case InterruptedException cause -> throw cause;
      case Error cause -> throw cause;
      case null, default -> new IllegalStateException(e);
    };
  }
}
