using IGptMl.Hosting;
using IGptMl.Likelihood;
using IGptMl.Models;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="ITransformer"/> that evaluates the likelihood of each image under a pretrained Image GPT or, if the model is masked, of the image's hidden tokens
/// given the others.
/// </summary>
public sealed class ImageGptTransformer : ModelTransformerBase<ImageGptModel>, ISavedComponent<ImageGptTransformer>
{
    private const string SettingsEntry = "likelihood.json";


    internal ImageGptTransformer(
        IHostEnvironment environment,
        ImageGptModel model,
        string inputColumnName,
        TokenMasking? masking = null,
        int? gpuDeviceId = null,
        bool? fallbackToCpu = null)
        : base(environment, model)
    {
        var options = new ImageLikelihoodEstimator.Options
            { InputColumnName = inputColumnName, Masking = masking, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu };
        Mapping = new LikelihoodMapping(Host, model, options);
    }

    /// <summary>The tokens that a masked model predicts; null for an autoregressive model, which predicts all.</summary>
    public TokenMasking? Masking => ((LikelihoodMapping)Mapping).Masking;

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer)
        => writer.WriteJson(SettingsEntry, new Settings(InputColumnName, ModelEntries.Write(writer.WriteShared, Model), Masking));

    static ImageGptTransformer ISavedComponent<ImageGptTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        return ComponentReader.Create(
            SettingsEntry,
            () =>
            {
                Check(settings.Masking, model.Config);
                return new ImageGptTransformer(environment, model, settings.InputColumnName, settings.Masking);
            },
            model);
    }

    private static void Check(TokenMasking? masking, ImageGptConfig config)
    {
        var guard = new OptionGuard();
        masking?.Check(guard, nameof(Masking), config);
        guard.Require(masking is not { Probability: 0 }, nameof(Masking), masking, "tokens to predict");
        guard.ThrowIfAny(SettingsEntry);
    }

    private sealed record Settings(string InputColumnName, string Model, TokenMasking? Masking = null);
}
