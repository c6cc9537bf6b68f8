import { tell } from './runner.ts'
import { eachStory } from './stories.ts'
import { restarted } from './variants.ts'

/** The other half of the stories: this way of living takes the longest. */
eachStory('restarted after every delivery', (story) => tell(story, restarted), 1)
