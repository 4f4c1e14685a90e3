using System.Diagnostics;
using IGptMl.Network;
using static TorchSharp.torch;

int d = int.Parse(args[0]), L = int.Parse(args[1]), H = int.Parse(args[2]), side = int.Parse(args[3]), K = int.Parse(args[4]), B = int.Parse(args[5]), n = int.Parse(args[6]);
using (var a = randn(2048, 2048)) using (var b = randn(2048, 2048))
{
    a.matmul(b).Dispose();
    var best = double.MaxValue;
    for (var i = 0; i < 5; i++) { var s0 = Stopwatch.StartNew(); a.matmul(b).Dispose(); best = Math.Min(best, s0.Elapsed.TotalSeconds); }
    Console.WriteLine($"peak {2 * Math.Pow(2048, 3) / best / 1e9:F1} GFLOP/s  threads {get_num_threads()}");
    Peak.Value = 2 * Math.Pow(2048, 3) / best;
}
using var gen = new Generator(1);
var config = new ImageGptConfig { EmbeddingSize = d, Layers = L, Heads = H, ImageSize = side, Colors = K };
var net = new ImageGptNetwork(config, gen);
var opt = optim.Adam(net.parameters(), 1e-3, 0.9, 0.95);
double T = side * side;
var flops = 3 * (T * (24.0 * L * d * d + 2.0 * K * d) + 2.0 * L * T * T * d);
using var tokens = randint(0, K, [B, side * side]);
void Step(Stopwatch[] w)
{
    using var scope = NewDisposeScope();
    opt.zero_grad();
    w[0].Start(); using var loss = net.Loss(tokens); w[0].Stop();
    w[1].Start(); loss.backward(); w[1].Stop();
    w[2].Start(); opt.step(); w[2].Stop();
}
var warm = new[] { new Stopwatch(), new Stopwatch(), new Stopwatch() };
for (var i = 0; i < 3; i++)
{
    Step(warm);
}

var ws = new[] { new Stopwatch(), new Stopwatch(), new Stopwatch() };
var t = Stopwatch.StartNew();
for (var i = 0; i < n; i++)
{
    Step(ws);
}

var sec = t.Elapsed.TotalSeconds / n;
Console.WriteLine($"{B / sec:F1} images/s  step {sec * 1e3:F1} ms  share {flops * B / sec / Peak.Value:P1}  fwd {ws[0].Elapsed.TotalMilliseconds / n:F1} bwd {ws[1].Elapsed.TotalMilliseconds / n:F1} opt {ws[2].Elapsed.TotalMilliseconds / n:F1}");
internal static class Peak { public static double Value; }
