using IGptMl;
using IGptMl.Hosting;

// The names of this assembly's transformers in saved models, which must never change.
[assembly: SavedComponent<ImageCompletingTransformer>("ImageCompleting")]
[assembly: SavedComponent<ImageGptFeatureExtractingTransformer>("ImageGptFeatures")]
[assembly: SavedComponent<ImageLikelihoodTransformer>("ImageLikelihood")]
[assembly: SavedComponent<PaletteDecodingTransformer>("PaletteDecoding")]
[assembly: SavedComponent<PaletteQuantizingTransformer>("PaletteQuantizing")]
