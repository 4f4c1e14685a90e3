using TorchSharp;
using static TorchSharp.torch;

namespace IGptMl.Benchmarks;

/// <summary>Multinomial logistic regression by Newton's method in double precision: the exact minimum, as a reference for other solvers.</summary>
/// <remarks>
/// It minimizes the summed cross-entropy + l2/2 · the squared norm of the weights. The biases are not regularized, except for a small weight that makes their
/// sum unique.
/// </remarks>
internal static class SoftmaxRegression
{
    private const double BiasWeight = 1e-6;
    private const int GreatestSteps = 50;

    /// <summary>Returns the weights (D + 1, K), biases last, the number of steps, and the norm of the remaining gradient.</summary>
    /// <param name="x">Features with a last column of ones: (N, D + 1) float64.</param>
    /// <param name="labels">Classes: (N) int64.</param>
    /// <param name="classes">The number of classes, K.</param>
    /// <param name="l2">The L2 regularization weight.</param>
    internal static (Tensor Weights, int Steps, double Gradient) Fit(Tensor x, Tensor labels, int classes, double l2)
    {
        using var scope = NewDisposeScope();
        var width = x.shape[1];
        var penalty = full([width, 1], l2, float64);
        penalty[width - 1] = BiasWeight;
        var truth = nn.functional.one_hot(labels, classes).to(float64);
        var weights = zeros([width, classes], float64);
        for (var step = 0; ; step++)
        {
            var p = nn.functional.softmax(x.matmul(weights), 1);
            var gradient = x.t().matmul(p - truth) + (penalty * weights);
            var norm = gradient.norm().ToDouble();
            if (norm < 1e-6 || step == GreatestSteps)
            {
                return (weights.MoveToOuterDisposeScope(), step, norm);
            }

            var direction = linalg.solve(Hessian(x, p, penalty), gradient.t().reshape(-1, 1)).reshape(classes, width).t();
            var (loss, length) = (Loss(x, truth, weights, penalty), 1.0);
            while (length > 1e-6 && Loss(x, truth, weights - (length * direction), penalty) > loss)
            {
                length /= 2; // far from the minimum, a full step may overshoot
            }

            weights = weights - (length * direction);
        }
    }

    private static double Loss(Tensor x, Tensor truth, Tensor weights, Tensor penalty)
    {
        using var scope = NewDisposeScope();
        var logs = nn.functional.log_softmax(x.matmul(weights), 1);
        return ((penalty * weights * weights).sum() / 2).ToDouble() - (logs * truth).sum().ToDouble();
    }

    /// <summary>The second derivatives by (class, feature): (K (D + 1), K (D + 1)).</summary>
    private static Tensor Hessian(Tensor x, Tensor p, Tensor penalty)
    {
        using var scope = NewDisposeScope();
        var (width, classes) = ((int)x.shape[1], (int)p.shape[1]);
        var hessian = zeros([classes * width, classes * width], float64);
        for (var a = 0; a < classes; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                using var inner = NewDisposeScope();
                var curvature = p[.., a] * ((a == b ? 1 : 0) - p[.., b]);
                var block = x.t().matmul(curvature.unsqueeze(1) * x);
                var (rows, columns) = (TensorIndex.Slice(a * width, (a + 1) * width), TensorIndex.Slice(b * width, (b + 1) * width));
                hessian[rows, columns] = a == b ? block + diag(penalty.squeeze(1)) : block;
                hessian[columns, rows] = a == b ? block + diag(penalty.squeeze(1)) : block.t();
            }
        }

        return hessian.MoveToOuterDisposeScope();
    }
}
