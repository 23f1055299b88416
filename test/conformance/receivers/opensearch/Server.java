// Runs OpenSearch, unmodified, as one node with its REST API on a port of 127.0.0.1:
//
//   java -cp <folder of jar files>/* Server.java <folder for data> <port>
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

public class Server {
  /** A node whose plugins are on the class path, where the command of a distribution finds them in a folder. */
  private static final class ClassPathNode extends Node {
    ClassPathNode(Settings settings) {
      super(
          InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "receiver"),
          List.of(Netty4Plugin.class),
          false);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", Path.of(arguments[0]).toString())
            .put("http.port", arguments[1])
            .put("network.host", "127.0.0.1")
            .put("transport.port", "0")
            .put("transport.type", "netty4")
            .put("http.type", "netty4")
            .put("discovery.type", "single-node")
            .put("node.processors", 1)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    new ClassPathNode(settings).start();
    Thread.currentThread().join();
  }
}
