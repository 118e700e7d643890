package dev.paddock.server;

import dev.paddock.node.PortPreviews;
import dev.paddock.node.PreviewOrigin;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Parts the API from previews by the host that a request names: neither is answered at the other's.
 */
final class PreviewGate extends Handler.Abstract {
  private final PortPreviews previews;
  private final PreviewHandler preview;
  private final Handler api;

  PreviewGate(PortPreviews previews, PreviewHandler preview, Handler api) {
    this.previews = previews;
    this.preview = preview;
    this.api = api;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String host = Optional.ofNullable(Request.getServerName(request)).orElse("");
    Optional<PreviewOrigin> origin = previews.origin().filter(each -> each.owns(host));
    return origin.isPresent()
        ? preview.handle(origin.get(), origin.get().id(host), request, response, callback)
        : api.handle(request, response, callback);
  }
}
