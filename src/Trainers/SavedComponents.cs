using IGptMl;
using IGptMl.Hosting;

// The names of this assembly's transformers in saved models, which must never change.
[assembly: SavedComponent<ImageGptClassificationTransformer>("ImageGptClassification")]
[assembly: SavedComponent<ImageGptTransformer>("ImageGpt")]
[assembly: SavedComponent<MaskVoteTransformer>("ImageGptMaskVote")]
