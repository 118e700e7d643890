package dev.paddock.provider;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/** The process's one HTTP client, made when the first provider is asked. */
final class Http {
  static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(15))
          .followRedirects(HttpClient.Redirect.NEVER)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  private Http() {}

  /** HTTP/2 is left to TLS to agree on: an upgrade in clear text confuses small servers. */
  static HttpRequest.Builder request(URI address, Map<String, String> headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address)
            .version(
                address.getScheme().equals("https")
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1);
    headers.forEach(builder::header);
    return builder.header("user-agent", "paddock");
  }
}
