package dev.paddock.server.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** What dialects work on. */
public interface Platform {
  Sessions sessions();

  Resources resources();

  Blobs blobs();

  Models models();

  Prices prices();

  ModelCalls modelCalls();

  Runner runner();

  Previews previews();

  /** Without a sandbox of this process there are no ports. */
  default PortPreviews portPreviews() {
    throw new ServerException(ErrorCode.PART_MISSING, "this server shows no ports of sandboxes");
  }

  Clock clock();

  /** Where secrets of clients are kept; without such a place none is accepted. */
  default Secrets secrets() {
    throw new ServerException(
        ErrorCode.PART_MISSING, "this server has no place to keep secrets; none was stored");
  }

  /** Hosts of the package registries that sandboxes may be allowed to reach. */
  default List<String> packageHosts() {
    return List.of();
  }

  /**
   * A manifest of what workspaces hold, in full, as a session's document keeps it under {@code
   * manifest}.
   *
   * @throws dev.paddock.core.PaddockException whose message begins with the field that is wrong
   */
  default ObjectNode manifest(JsonNode sent) {
    throw new ServerException(ErrorCode.PART_MISSING, "this server makes no workspaces");
  }

  /** The model of a request that names none. */
  Optional<String> defaultModel();
}
